// Every client and case against ours and against OpenSSH's server, side by side, as a table that docs/clients.md can hold.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { hasPrograms, run } from '../programs.mjs';
import { onScene } from '../scene.mjs';
import { settings } from '../settings.mjs';
import { opensshCases } from './openssh-cases.mjs';
import { otherCases } from './other-cases.mjs';
import { play, sideOf } from './sides.mjs';

const PROGRAMS = {
  sftp: 'openssh-client',
  lftp: 'lftp',
  rclone: 'rclone',
  curl: 'curl',
  sshfs: 'sshfs',
  psftp: 'putty-tools',
};
/** The largest case carries 4 GiB three times, another makes 10,000 files. */
const SECONDS_PER_CASE = 600;

export const bench = () =>
  onScene(['sshd'], async ({ appliance, sshd, scratch }) => {
    if (!sshd || !hasPrograms(PROGRAMS)) throw new Error('The matrix needs all of its clients and sshd.');
    const files = join(sshd.folder, 'files');
    mkdirSync(files);
    const sides = [
      await sideOf('PEPS', appliance.sftp, '/Banc', scratch),
      await sideOf('OpenSSH', sshd, files, scratch),
    ];
    for (const line of await versions()) process.stdout.write(`  ${line}\n`);
    process.stdout.write('| Client | Case | PEPS | OpenSSH |\n| --- | --- | --- | --- |\n');
    const rows = [];
    for (const [index, { client, name, script }] of [...opensshCases, ...otherCases].entries()) {
      const results = [];
      for (const side of sides) {
        const folder = join(scratch, 'case');
        results.push(await play(side, script, { folder, base: `case-${index}`, seconds: SECONDS_PER_CASE }));
        rmSync(folder, { recursive: true, force: true });
      }
      rows.push({ client, name, ours: results[0], openssh: results[1] });
      process.stdout.write(`| ${client} | ${name} | ${results.join(' | ')} |\n`);
    }
    const failed = rows.filter(({ ours }) => ours.startsWith('FAILED')).length;
    process.stdout.write(`  ${rows.length} cases, ${failed} failed with ours\n`);
    mkdirSync(settings.resultsFolder, { recursive: true });
    writeFileSync(join(settings.resultsFolder, 'sftp-matrix.json'), `${JSON.stringify(rows, null, 2)}\n`);
    if (failed > 0) process.exitCode = 1;
  });

async function versions() {
  const asked = [
    ['sh', ['-c', 'ssh -V 2>&1']],
    ['lftp', ['--version']],
    ['rclone', ['version']],
    ['curl', ['--version']],
    ['sshfs', ['--version']],
    ['psftp', ['-V']],
    ['/usr/bin/python3', ['-c', 'import paramiko; print("paramiko", paramiko.__version__)']],
  ];
  return Promise.all(asked.map(async ([program, args]) => (await run(program, args)).split('\n')[0]));
}
