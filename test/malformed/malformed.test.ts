import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Answer, openTestDoor, type TestDoor } from '../protocols/webdav/support.js';
import type { Arena } from './cases.js';
import { CLASSES } from './classes.js';
import { type Place, tryClass } from './run.js';
import { type Told, type Traces, watchTraces } from './traces.js';

const CASES = 5000;
/** What came of them is looked at after so many. */
const SLICE = 250;
/** Another one for each run, told when something is found; MALFORMED_SEED gives the same cases again. */
const SEED = Number(process.env.MALFORMED_SEED ?? Date.now() % 2 ** 31);

let door: TestDoor;
let arena: Arena;
let place: Place;
let traces: Traces;

beforeAll(async () => {
  door = await openTestDoor();
  const { Authorization = '' } = door.authorization('claire');
  arena = { base: `${door.base}/arena`, authorization: Authorization };
  place = { port: door.port, arena };
  await as('MKCOL', '');
  await as('PUT', '/file.txt', 'kept');
  await as('MKCOL', '/sub');
  traces = await watchTraces(place, historyOf(door));
});
afterAll(() => door.stop());

const as = (method: string, name: string, body?: string): Promise<Answer> =>
  door.send('claire', method, arena.base + name, { headers: { Depth: '1' }, ...(body ? { body } : {}) });

/** Each call goes on where the one before ended. */
function historyOf({ operator }: TestDoor): () => Promise<readonly Told[]> {
  let after = 0;
  return async () => {
    const rows: Told[] = [];
    for (;;) {
      const page = await operator.activity({ order: 'asc', after, limit: 500 });
      rows.push(...page);
      after = page.at(-1)?.id ?? after;
      if (page.length < 500) return rows;
    }
  };
}

test.each(CLASSES)(
  '$name: every case is answered below 500 or its connection closed; nothing comes, changes or goes, nor is told in the history, without an acknowledgement',
  async (caseClass) => {
    const cases = Math.round((CASES * caseClass.share) / 100);
    const heard = new Set<string>();
    const absent: string[] = [];
    for (let done = 0; done < cases; done += SLICE) {
      const seed = SEED + done;
      const outcome = await tryClass(caseClass, place, { cases: Math.min(SLICE, cases - done), seed });
      const unexplained = await traces.unexplained(outcome.acknowledged);
      expect({ seed, findings: [...outcome.findings, ...unexplained] }).toEqual({ seed, findings: [] });
      for (const status of Object.keys(outcome.statuses)) heard.add(status);
      absent.push(...outcome.absent);
    }
    // Both sides of the line are met: what is refused, and what the parser lets through.
    expect(heard.size).toBeGreaterThan(2);
    const { text } = await as('PROPFIND', '');
    const names = new Set([...text.matchAll(/<D:href>([^<]*)/gu)].map(([, href]) => href?.split('/').at(-1)));
    expect(absent.filter((name) => names.has(name))).toEqual([]);
    expect(door.logged.filter(({ level }) => level === 'error')).toEqual([]);
  },
  120_000,
);
