import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ClientBench, openClientBench } from '../protocols/sftp/ssh-clients.js';
import { hasProgram, type Run, run } from '../support/programs.js';

let bench: ClientBench;
beforeAll(async () => {
  bench = await openClientBench();
});
afterAll(async () => {
  await bench.close();
});

async function curl(name: string, ...args: string[]): Promise<Run> {
  const url = `sftp://127.0.0.1:${bench.door.port}${encodeURI(`${bench.door.base}/${name}`)}`;
  const credentials = [
    '-u',
    `${bench.login}:${bench.door.password}`,
    '--hostpubsha256',
    bench.door.fingerprint.slice(7),
  ];
  const environment = { HOME: bench.local('.') };
  const result = await run('curl', ['-sS', ...credentials, ...args, url], {
    environment,
    cwd: bench.local('.'),
  });
  expect([result.code, result.stderr]).toEqual([0, '']);
  return result;
}

describe.skipIf(!hasProgram('curl'))('curl over SFTP', () => {
  test('makes folders, puts, lists and gets, whole and in part', async () => {
    const sha256 = await bench.makeFile('curl.bin', 3_000_000);
    await curl('nuit/lot 1/curl.bin', '-T', 'curl.bin', '--ftp-create-dirs');
    expect((await curl('nuit/lot 1/')).stdout).toMatch(/^-rw-r----- .* 3000000 .* curl\.bin$/mu);
    await curl('nuit/lot 1/curl.bin', '-o', 'curl.back');
    expect(await bench.sha256Of('curl.back')).toBe(sha256);
    await curl('nuit/lot 1/curl.bin', '-r', '1000-1999', '-o', 'part.bin');
    const part = await readFile(bench.local('part.bin'));
    expect(part.equals((await readFile(bench.local('curl.bin'))).subarray(1_000, 2_000))).toBe(true);
    expect(await bench.rowsOf('/curl.bin')).toEqual(['deposit ok', 'download ok', 'read ok']);
  });
});
