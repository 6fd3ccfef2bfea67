// A campaign's figures: printed, and written as JSON for whoever compares runs.
import { mkdirSync, writeFileSync } from 'node:fs';
import { arch, cpus, release } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const FOLDER =
  process.env.FAULTS_RESULTS ??
  join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'coverage', 'faults');

/** Prints one line per figure and writes FOLDER/NAME.json; any finding makes the command end with 1. */
export function report(name, { figures, findings = [], notes = [] }) {
  for (const [label, value] of Object.entries(figures)) line(`${label.padEnd(34)} ${format(value)}`);
  for (const note of notes) line(note);
  for (const finding of findings.slice(0, 20)) line(`FINDING ${JSON.stringify(finding)}`);
  if (findings.length > 20) line(`… and ${findings.length - 20} more findings.`);
  const machine = `${cpus().length} × ${cpus()[0]?.model ?? arch()}, Linux ${release()}, Node ${process.version}`;
  const result = { campaign: name, endedAt: new Date().toISOString(), machine, figures, notes, findings };
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(join(FOLDER, `${name}.json`), `${JSON.stringify(result, null, 2)}\n`);
  if (findings.length > 0) process.exitCode = 1;
}

/** What happens meanwhile, for whoever waits. */
export function progress(text) {
  process.stderr.write(`  … ${text}\n`);
}

/** A positive whole number from the environment. */
export function setting(name, fallback) {
  const value = Number(process.env[name] ?? fallback);
  if (!Number.isInteger(value) || value < 1) throw new Error(`${name} must be a positive whole number.`);
  return value;
}

function line(text) {
  process.stdout.write(`  ${text}\n`);
}

function format(value) {
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value);
}
