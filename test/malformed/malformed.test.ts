import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Answer, openTestDoor, type TestDoor } from '../protocols/webdav/support.js';
import type { Arena } from './cases.js';
import { CLASSES } from './classes.js';
import { tryClass } from './run.js';

const CASES = 5000;
/** Another one for each run, told when something is found. */
const SEED = Date.now() % 2 ** 31;

let door: TestDoor;
let arena: Arena;

beforeAll(async () => {
  door = await openTestDoor();
  const { Authorization = '' } = door.authorization('claire');
  arena = { base: `${door.base}/arena`, authorization: Authorization };
  await as('MKCOL', '');
  await as('PUT', '/file.txt', 'kept');
  await as('MKCOL', '/sub');
});
afterAll(() => door.stop());

const as = (method: string, name: string, body?: string): Promise<Answer> =>
  door.send('claire', method, arena.base + name, { headers: { Depth: '1' }, ...(body ? { body } : {}) });

test.each(CLASSES)(
  '$name: every case is answered below 500 or its connection closed; nothing half comes to be, what was there stays',
  async (caseClass) => {
    const cases = Math.round((CASES * caseClass.share) / 100);
    const { findings, absent, statuses } = await tryClass(
      caseClass,
      { port: door.port, arena },
      { cases, seed: SEED },
    );
    expect({ seed: SEED, findings }).toEqual({ seed: SEED, findings: [] });
    // Both sides of the line are met: what is refused, and what the parser lets through.
    expect(Object.keys(statuses).length).toBeGreaterThan(2);
    const { status, text } = await as('PROPFIND', '');
    expect(status).toBe(207);
    const names = new Set([...text.matchAll(/<D:href>([^<]*)/gu)].map(([, href]) => href?.split('/').at(-1)));
    expect(absent.filter((name) => names.has(name))).toEqual([]);
    expect((await as('GET', '/file.txt')).text).toBe('kept');
    expect(door.logged.filter(({ level }) => level === 'error')).toEqual([]);
  },
  120_000,
);
