import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findChain } from '../../storage/metadata/chains.js';
import { listChildren } from '../../storage/metadata/entries.js';
import { isVisible } from '../../storage/policy.js';
import { openTestStorage, PEOPLE, type TestStorage } from '../support/appliance.js';
import { openParts, type Parts } from './parts.js';

const STATES = ['reserved', 'held', 'published'] as const;
const ROLES = ['reader', 'contributor', 'writer', 'manager', 'drop'] as const;

describe('who sees an entry', () => {
  let appliance: TestStorage;
  let parts: Parts;
  let rootId: string;
  let accountIds: string[];

  beforeAll(async () => {
    appliance = await openTestStorage();
    parts = await openParts(appliance);
    accountIds = (await appliance.operator.accounts())
      .filter(({ login }) => login === PEOPLE.claire.login || login === PEOPLE.nadia.login)
      .map(({ id }) => id);
    const space = (await parts.rows('spaces'))[0];
    rootId = String(space?.root_entry_id);
    let count = 0;
    for (const state of STATES)
      for (const owner of [...accountIds, null])
        for (const privateTo of ['', ...accountIds])
          await parts.run(
            `INSERT INTO entries (id, space_id, parent_id, kind, name, name_key, sort_key, state, private_to,
             owner_account_id, created_at, modified_at) VALUES (?, ?, ?, 'file', ?, ?, ?, ?, ?, ?, 1, 1)`,
            `id-${++count}`,
            String(space?.id),
            rootId,
            ...Array<string>(3).fill(`f${count}`),
            state,
            privateTo,
            owner,
          );
  });
  afterAll(async () => {
    await parts.close();
    await appliance.close();
  });

  test('is the same in the policy, in listings and in look-ups, for every combination', async () => {
    const entries = (await parts.rows('entries')).filter((row) => row.parent_id === rootId);
    expect(entries).toHaveLength(27);
    for (const role of ROLES)
      for (const accountId of accountIds) {
        const viewer = { accountId, seesOnlyOwn: role === 'drop' };
        const listed = await listChildren(parts.database.reader, rootId, viewer, { limit: 100 });
        const expected = entries.filter((row) =>
          isVisible(
            {
              state: STATES.find((state) => state === row.state) ?? 'held',
              privateTo: String(row.private_to),
              ownerAccountId: row.owner_account_id === null ? null : String(row.owner_account_id),
            },
            accountId,
            role,
          ),
        );
        expect(listed.map(({ id }) => id).sort()).toEqual(expected.map(({ id }) => id).sort());
        const found: string[] = [];
        for (const { name } of entries) {
          const chain = await findChain(parts.database.reader, rootId, [String(name)], viewer);
          if (chain.entry) found.push(chain.entry.id);
        }
        expect(found.sort()).toEqual(expected.map(({ id }) => id).sort());
      }
  });
});
