import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { parsePath, type Workspace } from '../../storage/index.js';
import { openTestStorage, PEOPLE, type TestStorage } from '../support/appliance.js';
import { begin, failureOf, mkdir, peek, put } from './acts.js';
import { openParts, type Parts } from './parts.js';

const MIB = 1024 * 1024;

describe('a quota', () => {
  let appliance: TestStorage;
  let parts: Parts;
  let claire: Workspace;
  let group: string;
  let count = 0;

  beforeAll(async () => {
    appliance = await openTestStorage();
    parts = await openParts(appliance);
  });
  /** A group of its own for each test, 10 MiB. */
  beforeEach(async () => {
    group = `Quota ${++count}`;
    await appliance.operator.createGroup({ name: group, quotaBytes: 10 * MIB });
    await appliance.operator.setMember(group, PEOPLE.claire.login, 'writer');
    claire = await appliance.workspace('claire');
  });
  afterAll(async () => {
    await parts.close();
    await appliance.close();
  });

  const FULL = 'no-space quota';
  const bytes = (size: number) => Buffer.alloc(size, 7);
  const at = (name: string) => `/${group}/${name}`;
  const deposit = (name: string, size: number, declares = true) =>
    put(claire, at(name), bytes(size), declares ? { declaredSizeBytes: size } : {});
  /** Used and reserved, as the database has them and as the files are. */
  async function account(): Promise<{ used: number; reserved: number; files: number }> {
    const { id } = await appliance.operator.group(group);
    const spaceId = (await parts.rows('groups')).find((row) => row.id === id)?.space_id;
    const space = (await parts.rows('spaces')).find((row) => row.id === spaceId);
    const live = (await parts.rows('entries')).filter(
      (row) => row.space_id === spaceId && row.deleted_at === null,
    );
    const sizes = new Map((await parts.rows('versions')).map((row) => [row.id, Number(row.size_bytes)]));
    const files = live.reduce((sum, row) => sum + (sizes.get(row.version_id) ?? 0), 0);
    return { used: Number(space?.used_bytes), reserved: Number(space?.reserved_bytes), files };
  }
  const balance = (size: number) => ({ used: size, reserved: 0, files: size });

  test.each([true, false])(
    'is never passed by many deposits at once (sizes declared: %s)',
    async (declares) => {
      const results = await Promise.all(
        Array.from({ length: 16 }, (_, index) => failureOf(deposit(`f${index}`, MIB, declares))),
      );
      const stored = results.filter((result) => result === 'no failure').length;
      expect(new Set(results)).toEqual(new Set(['no failure', FULL]));
      // Bytes of unknown size are set aside in steps: fewer may fit at once, never more.
      expect(stored).toBeLessThanOrEqual(10);
      expect(declares ? stored : 10).toBe(10);
      expect(await account()).toEqual(balance(stored * MIB));
      for (let index = 0; index < 10 - stored; index++) await deposit(`more${index}`, MIB, declares);
      expect(await account()).toEqual(balance(10 * MIB));
      expect(await failureOf(deposit('one byte', 1, declares))).toBe(FULL);
    },
  );

  test('is set aside at the opening for a declared size, and given back', async () => {
    const upload = await begin(claire, at('a'), { declaredSizeBytes: 6 * MIB });
    expect(await account()).toEqual({ used: 0, reserved: 6 * MIB, files: 0 });
    expect(await claire.usage(parsePath(at('a')))).toEqual({
      usedBytes: 0,
      quotaBytes: 10 * MIB,
      availableBytes: 4 * MIB,
    });
    expect(await failureOf(begin(claire, at('b'), { declaredSizeBytes: 5 * MIB }))).toBe(FULL);
    await upload.abort('x');
    expect(await account()).toEqual(balance(0));
    expect(await failureOf(deposit('c', 3 * MIB))).toBe('no failure');
    expect(await failureOf(put(claire, at('d'), bytes(MIB), { expectedSha256: 'no' }))).toBe(
      'invalid-input digest',
    );
    expect(await account()).toEqual(balance(3 * MIB));
  });

  test('of several groups is told at the root: their use together, and the room of the roomiest', async () => {
    const nadia = async () => (await appliance.workspace('nadia')).usage(parsePath('/'));
    const before = await nadia();
    for (const [name, quotaBytes] of [
      ['étroit', 5 * MIB],
      ['large', 9 * MIB],
    ] as const) {
      await appliance.operator.createGroup({ name: `${group} ${name}`, quotaBytes });
      await appliance.operator.setMember(`${group} ${name}`, PEOPLE.claire.login, 'writer');
      await put(claire, `/${group} ${name}/a`, bytes(MIB));
    }
    const mine = await claire.usage(parsePath('/'));
    const groups: number[] = [];
    for await (const { path } of claire.list(parsePath('/')))
      groups.push((await claire.usage(path)).usedBytes);
    expect(mine.usedBytes).toBe(groups.reduce((sum, used) => sum + used, 0));
    expect(mine.quotaBytes).toBe(null);
    // What is free on the disk changes by itself.
    expect((await nadia()).usedBytes).toBe(before.usedBytes);
  });

  test('is set aside for an unknown size from 1 MiB on, in steps of 16 MiB, once for writes that overlap', async () => {
    await parts.run('UPDATE spaces SET quota_bytes = NULL');
    const upload = await begin(claire, at('a'));
    await upload.write(bytes(MIB - 1), 0);
    expect((await account()).reserved).toBe(0);
    await Promise.all([0, 1, 2, 3].map((index) => upload.write(bytes(MIB), index * MIB)));
    expect((await account()).reserved).toBe(16 * MIB);
    await upload.commit();
    expect(await account()).toEqual(balance(4 * MIB));
  });

  test('that runs out in the middle ends the deposit: what came is not published', async () => {
    const upload = await begin(claire, at('a'));
    let offset = 0;
    let failure = 'no failure';
    for (; failure === 'no failure' && offset < 20 * MIB; offset += MIB)
      failure = await failureOf(upload.write(bytes(MIB), offset));
    expect(failure).toBe(FULL);
    expect(offset).toBe(11 * MIB);
    expect(await failureOf(upload.commit())).toBe(FULL);
    expect(await account()).toEqual(balance(0));
    expect(await failureOf(claire.stat(parsePath(at('a'))))).toBe('not-found');
  });

  test.each([true, false])(
    'that is full lets a file be replaced by as much or less (declared: %s)',
    async (declares) => {
      await deposit('a', 10 * MIB);
      await deposit('a', 10 * MIB, declares);
      expect(await account()).toEqual(balance(10 * MIB));
      expect(await failureOf(deposit('a', 10 * MIB + 1, declares))).toBe(FULL);
      await deposit('a', MIB, declares);
      expect(await account()).toEqual(balance(MIB));
    },
  );

  test('lowered below what is there still lets it shrink', async () => {
    await deposit('a', 8 * MIB);
    await deposit('b', MIB);
    await parts.run('UPDATE spaces SET quota_bytes = ? WHERE used_bytes = ?', 2 * MIB, 9 * MIB);
    await deposit('a', 7 * MIB);
    expect(await failureOf(deposit('a', 7 * MIB + 1))).toBe(FULL);
    await claire.remove(parsePath(at('a')));
    await deposit('c', MIB);
    expect(await account()).toEqual(balance(2 * MIB));
  });

  test('counts a file replaced by many at once once', async () => {
    await deposit('a', 4 * MIB);
    const results = await Promise.all(
      Array.from({ length: 8 }, (_, index) => failureOf(deposit('a', 4 * MIB + index, index % 2 === 0))),
    );
    expect(results).toContain('no failure');
    const { used, reserved, files } = await account();
    expect([used, reserved]).toEqual([files, 0]);
    expect(used).toBeLessThan(5 * MIB);
  });

  test('is kept when the file that gave its room went meanwhile', async () => {
    await deposit('a', 10 * MIB);
    const upload = await begin(claire, at('a'), { declaredSizeBytes: 10 * MIB });
    await upload.write(bytes(10 * MIB), 0);
    await claire.remove(parsePath(at('a')));
    await deposit('b', MIB);
    expect(await failureOf(upload.commit())).toBe(FULL);
    expect(await account()).toEqual(balance(MIB));
  });

  test('is exact after appending, cutting, copying, moving over and deleting', async () => {
    await mkdir(claire, at('d'));
    await deposit('d/a', 3 * MIB);
    const upload = await begin(claire, at('d/a'), { base: 'current' });
    await upload.write(bytes(MIB), 3 * MIB);
    await upload.commit();
    expect(await account()).toEqual(balance(4 * MIB));
    await claire.copy(parsePath(at('d')), parsePath(at('e')), { overwrite: false });
    expect(await account()).toEqual(balance(8 * MIB));
    expect(await failureOf(claire.copy(parsePath(at('d')), parsePath(at('f')), { overwrite: false }))).toBe(
      FULL,
    );
    await claire.copy(parsePath(at('d')), parsePath(at('e')), { overwrite: true });
    await claire.move(parsePath(at('d/a')), parsePath(at('e/a')), { overwrite: true });
    expect(await account()).toEqual(balance(4 * MIB));
    const cut = await begin(claire, at('e/a'), { base: 'current' });
    await cut.truncate(10);
    await cut.commit();
    expect(await account()).toEqual(balance(10));
    await claire.remove(parsePath(at('e')));
    expect(await account()).toEqual(balance(0));
  });

  test('gives way to the disk: what does not fit there is refused before it comes, and while it comes', async () => {
    const session = await appliance.signIn(PEOPLE.claire.login);
    let free = MIB;
    const tight = parts.open(session, { freeBytes: async () => free });
    const refused = 'no-space disk';
    expect(await failureOf(begin(tight, at('a'), { declaredSizeBytes: MIB + 1 }))).toBe(refused);
    const upload = await begin(tight, at('a'));
    free = 0;
    expect(await failureOf(upload.write(bytes(MIB), 0))).toBe(refused);
    await upload.abort('x');
    expect((await tight.usage(parsePath(at('a')))).availableBytes).toBe(0);
    expect(await account()).toEqual(balance(0));
    await put(claire, at('b'), 'other disks');
    expect(await peek(tight, at('b'))).toBe('other disks');
    await tight.remove(parsePath(at('b')));
  });

  test('is not eaten by a write that was under way when its deposit ended', async () => {
    const upload = await begin(claire, at('a'));
    await upload.write(bytes(MIB), 0);
    await parts.run('DELETE FROM uploads');
    await parts.run('UPDATE spaces SET reserved_bytes = 0');
    expect(await failureOf(upload.write(bytes(MIB), MIB))).toBe('aborted ended');
    expect(await failureOf(upload.commit())).toBe('aborted ended');
    expect(await account()).toEqual(balance(0));
  });

  test('and its reservation come back when the staging file cannot be opened', async () => {
    const session = await appliance.signIn(PEOPLE.claire.login);
    const stage = () => Promise.reject(new Error('too many open files'));
    const broken = parts.open(session, { blobs: { ...parts.blobs, stage } });
    await expect(begin(broken, at('a'), { declaredSizeBytes: MIB })).rejects.toThrow('too many open files');
    expect(await account()).toEqual(balance(0));
    expect((await parts.rows('uploads')).filter((row) => row.name === 'a')).toEqual([]);
  });
});
