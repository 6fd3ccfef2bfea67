import { describe, expect, test } from 'vitest';
import { computeToken, createTokens } from '../../storage/accounts/tokens.js';
import { useSqlite } from '../support/databases.js';
import { movableClock } from './fixture.js';

const HOUR = 3_600_000;
const KEY = Buffer.alloc(32, 7);

describe('a token', () => {
  const open = useSqlite();

  test('is used up once', async () => {
    const { database, tokens } = await start();
    const { id, token } = await database.write((transaction) => tokens.issue(transaction, 'set-up', null));
    const consume = () => database.write((transaction) => tokens.consume(transaction, id));
    const results = await Promise.allSettled([consume(), consume(), consume()]);
    expect(results.map((result) => result.status).sort()).toEqual(['fulfilled', 'rejected', 'rejected']);
    await expect(consume()).rejects.toMatchObject({ code: 'gone', reason: 'used' });
    expect(await tokens.find(database.reader, 'set-up', token)).toMatchObject({ state: 'used' });
  });

  test('that ran out or was revoked since it was looked at is not used up any more', async () => {
    const { database, tokens, clock } = await start();
    const issue = () => database.write((transaction) => tokens.issue(transaction, 'set-up', null));
    const [former, latter] = [await issue(), await issue()];
    const consume = (id: string) => database.write((transaction) => tokens.consume(transaction, id));
    await expect(consume(former.id)).rejects.toMatchObject({ code: 'gone' });
    clock.advance(HOUR - 1);
    expect(await tokens.find(database.reader, 'set-up', latter.token)).toMatchObject({ state: 'valid' });
    clock.advance(1);
    await expect(consume(latter.id)).rejects.toMatchObject({ code: 'gone' });
  });

  test('is computed from all its facts and the key', () => {
    const facts = { id: 'a', purpose: 'invitation', accountId: 'b', generation: 1 } as const;
    const others = [
      computeToken(KEY, { ...facts, id: 'c' }),
      computeToken(KEY, { ...facts, purpose: 'password-reset' }),
      computeToken(KEY, { ...facts, accountId: 'c' }),
      computeToken(KEY, { ...facts, accountId: null }),
      computeToken(KEY, { ...facts, generation: 2 }),
      computeToken(Buffer.alloc(32, 8), facts),
    ];
    expect(new Set([...others, computeToken(KEY, facts)]).size).toBe(7);
    expect(computeToken(KEY, { ...facts })).toBe(computeToken(KEY, facts));
  });

  async function start() {
    const clock = movableClock();
    return { clock, database: await open(), tokens: createTokens(KEY, clock) };
  }
});
