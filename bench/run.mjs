// Runs the benchmarks, fault campaigns and client matrices named on the command line, or all benchmarks:
// npm run bench -- listing faults/kills clients/sftp
import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const folder = dirname(fileURLToPath(import.meta.url));
const namesIn = (inner, suffix) =>
  readdirSync(join(folder, inner))
    .filter((name) => name.endsWith(suffix))
    .map((name) => join(inner, name.replace(suffix, '')));
const benchmarks = namesIn('', '.bench.mjs');
const campaigns = namesIn('faults', '.campaign.mjs');
const matrices = namesIn('clients', '.matrix.mjs');
const known = [...benchmarks, ...campaigns, ...matrices];
const asked = process.argv.slice(2).flatMap((name) => (name === 'faults' ? campaigns : [name]));
const unknown = asked.filter((name) => !known.includes(name));
if (unknown.length > 0) {
  process.stderr.write(`No such benchmark: ${unknown.join(', ')}. There are: ${known.join(', ')}.\n`);
  process.exit(2);
}
// Servers and folders go with the process, also when it is told to stop.
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));
for (const name of asked.length > 0 ? asked : benchmarks) {
  process.stdout.write(`\n${name}\n`);
  const suffix = suffixOf(name);
  const { bench } = await import(pathToFileURL(join(folder, `${name}${suffix}`)).href);
  await bench();
}
// A client whose connection was broken off on purpose may linger: it does not keep the command.
process.exit();

function suffixOf(name) {
  if (campaigns.includes(name)) return '.campaign.mjs';
  return matrices.includes(name) ? '.matrix.mjs' : '.bench.mjs';
}
