import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openTestDoor, type TestDoor } from '../protocols/webdav/support.js';
import { PEOPLE } from '../support/appliance.js';
import { hasProgram, run } from '../support/programs.js';

const SUITES = { basic: 16, copymove: 13, props: 30, locks: 41, http: 4 };

let door: TestDoor;
let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'peps-litmus-'));
  door = await openTestDoor();
});
afterAll(async () => {
  await door.stop();
  await rm(directory, { recursive: true, force: true });
});

describe.skipIf(!hasProgram('litmus'))('litmus', () => {
  test.each(Object.entries(SUITES))(
    '%s: all %i pass, without a warning',
    async (suite, count) => {
      const url = `http://127.0.0.1:${door.port}${door.base}/`;
      const options = { cwd: directory, environment: { TESTS: suite } };
      const { stdout } = await run('litmus', ['-k', url, PEOPLE.claire.login, door.password], options);
      expect(stdout).toContain(`of ${count} tests run: ${count} passed, 0 failed.`);
      expect(stdout).not.toMatch(/FAIL|WARNING|SKIPPED/u);
      expect(door.logged.filter((line) => line.level === 'error')).toEqual([]);
    },
    60_000,
  );
});
