// Runs the benchmarks and fault campaigns named on the command line, or all benchmarks:
// npm run bench -- listing faults/kills
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
const known = [...benchmarks, ...campaigns];
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
  const suffix = campaigns.includes(name) ? '.campaign.mjs' : '.bench.mjs';
  const { bench } = await import(pathToFileURL(join(folder, `${name}${suffix}`)).href);
  await bench();
}
