// Brings a clone to where it can run: installed as package-lock.json says, built from the sources as they are.
// `--clean` builds from nothing. Does nothing, in a fraction of a second, when all is in step.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const DIST = path.join(ROOT, 'dist');
const STAMP = path.join(DIST, '.built-from');
const SOURCES = ['server', 'storage', 'protocols', 'web', 'portal', 'admin-ui'];
const BUILD_FILES = ['package-lock.json', 'tsconfig.json', 'tsconfig.build.json'];
const MINIMUM_NODE = [20, 19];

prepare({ clean: process.argv.includes('--clean') });

function prepare({ clean }) {
  assertNode();
  if (!isInstalled()) {
    say('installing what package-lock.json names; sqlite3 may be compiled, which takes a minute or two');
    run('npm', ['ci', '--no-audit', '--no-fund']);
  }
  if (clean) rmSync(DIST, { recursive: true, force: true });
  const sources = hashOfSources();
  if (existsSync(STAMP) && readFileSync(STAMP, 'utf8') === sources) return;
  say('building');
  run(process.execPath, [path.join('node_modules', 'typescript', 'bin', 'tsc'), '-p', 'tsconfig.build.json']);
  run(process.execPath, [path.join('web', 'build-assets.mjs')]);
  mkdirSync(DIST, { recursive: true });
  writeFileSync(STAMP, sources);
}

function assertNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > MINIMUM_NODE[0] || (major === MINIMUM_NODE[0] && minor >= MINIMUM_NODE[1])) return;
  fail(`Node ${MINIMUM_NODE.join('.')} or newer is needed; this is ${process.versions.node}.`);
}

/** npm writes down what it installed; what is optional may rightly be absent on this platform. */
function isInstalled() {
  const wanted = readPackages(path.join(ROOT, 'package-lock.json'));
  const present = readPackages(path.join(ROOT, 'node_modules', '.package-lock.json'));
  return Object.entries(wanted ?? {})
    .filter(([place, { optional, devOptional }]) => place !== '' && !optional && !devOptional)
    .every(([place, { version }]) => present?.[place]?.version === version);
}

function readPackages(file) {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).packages : undefined;
}

function hashOfSources() {
  const hash = createHash('sha256');
  const files = SOURCES.filter((folder) => existsSync(path.join(ROOT, folder))).flatMap((folder) =>
    readdirSync(path.join(ROOT, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => path.relative(ROOT, path.join(entry.parentPath ?? entry.path, entry.name))),
  );
  for (const file of [...files.sort(), ...BUILD_FILES]) {
    const bytes = readFileSync(path.join(ROOT, file));
    hash.update(`${file}\0${bytes.length}\0`).update(bytes);
  }
  return hash.digest('hex');
}

function run(command, args) {
  const { status, error } = spawnSync(command, args, { cwd: ROOT, stdio: ['ignore', 2, 2] });
  if (status !== 0) fail(`"${[command, ...args].join(' ')}" failed${error ? `: ${error.message}` : '.'}`);
}

function say(text) {
  process.stderr.write(`peps: ${text}\n`);
}

function fail(text) {
  say(text);
  process.exit(1);
}
