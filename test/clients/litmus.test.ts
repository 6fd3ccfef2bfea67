import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openTestDoor, type TestDoor } from '../protocols/webdav/support.js';
import { PEOPLE } from '../support/appliance.js';

const LITMUS = '/usr/bin/litmus';
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

describe.skipIf(!existsSync(LITMUS))('litmus', () => {
  test.each(Object.entries(SUITES))('%s: %i of its tests pass, without a warning', async (suite, count) => {
    const output = await runSuite(suite);
    expect(output).not.toMatch(/FAIL|WARNING|SKIPPED/u);
    expect(output).toContain(`of ${count} tests run: ${count} passed, 0 failed.`);
    expect(door.logged.filter((line) => line.level === 'error')).toEqual([]);
  });
});

/** All that litmus says; its files of one suite lie in one folder, removed by the next. */
function runSuite(suite: string): Promise<string> {
  const url = `http://127.0.0.1:${door.port}${door.base}/`;
  const options = { cwd: directory, env: { ...process.env, TESTS: suite }, timeout: 60_000 };
  return new Promise((resolve) => {
    execFile(LITMUS, ['-k', url, PEOPLE.claire.login, door.password], options, (_error, stdout, stderr) =>
      resolve(stdout + stderr),
    );
  });
}
