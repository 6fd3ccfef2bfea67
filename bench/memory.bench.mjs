// How much the daemon grows while a large file goes each way through each door. The file lies on the disk, not in memory.
import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { throwAwayFolder } from './appliance.mjs';
import { report } from './comparison.mjs';
import { curl, sftp } from './programs.mjs';
import { onScene, writeRandom } from './scene.mjs';
import { settings } from './settings.mjs';

const SAMPLE_MS = 100;
const WARM_MIB = 64;

export const bench = () =>
  onScene([], async ({ appliance }) => {
    const folder = throwAwayFolder(tmpdir());
    try {
      const file = join(folder, 'huge.bin');
      const works = (name, source) => ({
        'WebDAV PUT': () => curl(appliance.webdav, ['-T', source, `${appliance.url}${name}`]),
        'WebDAV GET': () => curl(appliance.webdav, ['-o', '/dev/null', `${appliance.url}${name}`]),
        'SFTP put': () => sftp(appliance.sftp, `put ${source} Banc/sftp-${name}`),
        'SFTP get': () => sftp(appliance.sftp, `get Banc/sftp-${name} /dev/null`),
      });
      await writeRandom(file, WARM_MIB * 1024 * 1024);
      // The code and the buffers that any transfer brings into memory are no growth.
      for (const work of Object.values(works('warm.bin', file))) await work();
      await writeRandom(file, settings.memoryMib * 1024 * 1024);
      const before = appliance.residentMib();
      const rows = [];
      for (const [name, work] of Object.entries(works('huge.bin', file)))
        rows.push(await growth(`growth in ${name}, ${settings.memoryMib} MiB`, work, appliance, before));
      report('memory', rows);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

async function growth(title, work, appliance, before) {
  const curve = [];
  const timer = setInterval(() => curve.push(Math.round(appliance.residentMib())), SAMPLE_MS);
  try {
    await work();
  } finally {
    clearInterval(timer);
  }
  const most = Math.max(appliance.residentMib(), ...curve);
  const note = `from ${before.toFixed(0)} to ${most.toFixed(0)} MiB, peak of the process ${appliance.peakMib().toFixed(0)}`;
  return { title, unit: 'MiB', ours: Math.max(0, most - before), least: 100, aim: 50, note, curve };
}
