// Applies deliberate faults to a copy of the sources, one at a time, and runs the test that must notice each. A test that fails
// without any fault, or a fault that nothing notices, makes the run fail.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FAULTS } from './sabotage/faults.mjs';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');
const COPIED = [
  ...['server', 'storage', 'protocols', 'web', 'portal', 'admin-ui', 'test', 'scripts', 'dist'],
  ...['package.json', 'tsconfig.json', 'vitest.config.ts'],
];

export async function bench() {
  const copy = mkdtempSync(join(tmpdir(), 'peps-sabotage-'));
  try {
    for (const name of COPIED) cpSync(join(ROOT, name), join(copy, name), { recursive: true });
    symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
    const results = FAULTS.map((fault) => ({ ...fault, ...attack(copy, fault) }));
    for (const { name, verdict, test } of results)
      process.stdout.write(`  ${verdict.padEnd(12)} ${name}: ${test.filter(Boolean).join(' › ')}\n`);
    const caught = results.filter(({ verdict }) => verdict === 'caught').length;
    process.stdout.write(`  ${caught} of ${FAULTS.length} caught\n`);
    writeResults(results.map(({ name, verdict, test }) => ({ name, verdict, test })));
    if (caught < FAULTS.length) process.exitCode = 1;
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

/** @returns `caught`, `unnoticed`, or `test fails` when it fails without the fault */
function attack(copy, { file, find, replace, test }) {
  const path = join(copy, file);
  const sound = readFileSync(path, 'utf8');
  if (sound.split(find).length !== 2) throw new Error(`${file} does not hold exactly once: ${find}`);
  if (!passes(copy, test)) return { verdict: 'test fails' };
  writeFileSync(
    path,
    sound.replace(find, () => replace),
  );
  const verdict = passes(copy, test) ? 'unnoticed' : 'caught';
  writeFileSync(path, sound);
  return { verdict };
}

/** A run without any matching test proves nothing: vitest must say how many passed. */
function passes(copy, [file, name]) {
  const filter = name === '' ? [] : ['-t', name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')];
  const run = spawnSync('npx', ['vitest', 'run', file, ...filter], { cwd: copy, encoding: 'utf8' });
  if (run.status === 0 && !/Tests .*[1-9]\d* passed/.test(strip(run.stdout)))
    throw new Error(`No test of ${file} is called "${name}".`);
  return run.status === 0;
}

function strip(text) {
  return text.replaceAll(new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, 'g'), '');
}

function writeResults(results) {
  mkdirSync(join(ROOT, 'coverage'), { recursive: true });
  writeFileSync(join(ROOT, 'coverage', 'sabotage.json'), `${JSON.stringify(results, null, 2)}\n`);
}
