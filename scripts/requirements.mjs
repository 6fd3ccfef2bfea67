// Prints each requirement of docs/webdav.md with the tests that prove it and how they ended in the last run of the tests.
import { readFileSync } from 'node:fs';

const read = (path) => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');
const requirements = [...read('docs/webdav.md').matchAll(/^\| (W\d+) \| (.+?) \|/gmu)];
const { testResults } = JSON.parse(read('coverage/test-results.json'));
const tests = testResults.flatMap(({ assertionResults }) => assertionResults);
let unproven = 0;
for (const [, number, text] of requirements) {
  const proofs = tests.filter(({ title }) =>
    new RegExp(`\\((?:.*, )?${number}(?:, .*)?\\)$`, 'u').test(title),
  );
  const isProven = proofs.length > 0 && proofs.every(({ status }) => status === 'passed');
  if (!isProven) unproven += 1;
  process.stdout.write(`${isProven ? 'ok  ' : 'NOT '} ${number.padEnd(3)} ${text}\n`);
  for (const { status, title } of proofs) process.stdout.write(`         ${status}: ${title}\n`);
}
process.stdout.write(`\n${requirements.length - unproven} of ${requirements.length} proven\n`);
process.exitCode = unproven === 0 ? 0 : 1;
