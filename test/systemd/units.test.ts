import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { hasProgram, run } from '../support/programs.js';

const FOLDER = path.join(import.meta.dirname, '..', '..', 'systemd');
const UNIT = path.join(FOLDER, 'peps.service');

describe.skipIf(!hasProgram('systemd-analyze'))('the systemd unit', () => {
  test('is one that systemd understands', async () => {
    const { code, stdout, stderr } = await run('systemd-analyze', ['verify', UNIT]);
    expect([code, stdout.trim(), stderr.trim()]).toEqual([0, '', '']);
  });

  test('gives away little: an exposure of 2.0 or less', async () => {
    const { code, stdout } = await run('systemd-analyze', [
      'security',
      '--offline=true',
      '--threshold=20',
      UNIT,
    ]);
    expect(Number(/exposure level for peps\.service: ([\d.]+)/u.exec(stdout)?.[1])).toBeLessThanOrEqual(2);
    expect(code).toBe(0);
  });
});

test('the unit gives the daemon what it asks for', async () => {
  const unit = await readFile(UNIT, 'utf8');
  const lifecycle = await readFile(path.join(FOLDER, '..', 'server', 'lifecycle.ts'), 'utf8');
  const drainSeconds = Number(/DRAIN_SECONDS = (\d+)/u.exec(lifecycle)?.[1]);
  expect(Number(/^TimeoutStopSec=(\d+)$/mu.exec(unit)?.[1])).toBeGreaterThan(drainSeconds);
  expect(Number(/UV_THREADPOOL_SIZE=(\d+)/u.exec(unit)?.[1])).toBeGreaterThanOrEqual(8);
  expect(unit).toMatch(/^RestartPreventExitStatus=78$/mu);
});

test('the account of the unit is the one that is made', async () => {
  const users = await readFile(path.join(FOLDER, 'peps.sysusers'), 'utf8');
  const folders = await readFile(path.join(FOLDER, 'peps.tmpfiles'), 'utf8');
  expect(await readFile(UNIT, 'utf8')).toMatch(/^User=peps$/mu);
  expect(users).toMatch(/^u peps - ".+" \/var\/lib\/peps \/usr\/sbin\/nologin$/mu);
  expect(folders).toMatch(/^d \/var\/lib\/peps 0700 peps peps -$/mu);
});
