// How large the daemon gets with four streams at full speed, and how much it grows by a client that asks and does not read.
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import ssh2 from 'ssh2';
import { report } from './comparison.mjs';
import { sftp } from './programs.mjs';
import { onScene, writeRandom } from './scene.mjs';
import { settings } from './settings.mjs';

const SAMPLE_MS = 50;
const READS = 10_000;
const READ_BYTES = 32_768;
const STALLED_MS = 5000;

export const bench = () =>
  onScene([], async ({ appliance, scratch }) => {
    const file = join(scratch, 'stream.bin');
    await writeRandom(file, settings.largeMib * 1024 * 1024);
    const idle = appliance.residentMib();
    for (const name of ['get-1', 'get-2']) await sftp(appliance.sftp, `put ${file} Banc/${name}`);
    const streams = await peakOf(appliance, () =>
      Promise.all([
        ...['put-1', 'put-2'].map((name) => sftp(appliance.sftp, `put ${file} Banc/${name}`)),
        ...['get-1', 'get-2'].map((name) => sftp(appliance.sftp, `get Banc/${name} /dev/null`)),
      ]),
    );
    const before = appliance.residentMib();
    const stalled = await peakOf(appliance, () => askWithoutReading(appliance.sftp));
    report('sftp-memory', [
      {
        title: 'four streams, whole process',
        unit: 'MiB',
        ours: streams,
        least: 200,
        aim: 160,
        note: `idle ${idle.toFixed(0)} MiB`,
      },
      {
        title: `${READS} READs, nothing read: growth`,
        unit: 'MiB',
        ours: Math.max(0, stalled - before),
        least: 32,
        aim: 16,
        note: `from ${before.toFixed(0)} MiB`,
      },
    ]);
  });

/** The largest resident size, in MiB, while `work` runs. */
async function peakOf(appliance, work) {
  let most = 0;
  const timer = setInterval(() => (most = Math.max(most, appliance.residentMib())), SAMPLE_MS);
  try {
    await work();
  } finally {
    clearInterval(timer);
  }
  return most;
}

async function askWithoutReading({ user, port, key }) {
  const socket = connect(port, '127.0.0.1');
  const client = new ssh2.Client();
  client.on('error', () => {});
  await new Promise((resolve, reject) => {
    client.once('ready', resolve).once('close', () => reject(new Error('not let in')));
    client.connect({ sock: socket, username: user, privateKey: readFileSync(key) });
  });
  const channel = await promised((done) => client.sftp(done));
  const handle = await promised((done) => channel.open('/Banc/get-1', 'r', done));
  // A small receive buffer here leaves the rest with the daemon.
  socket.pause();
  for (let index = 0; index < READS; index++)
    channel.read(handle, Buffer.alloc(READ_BYTES), 0, READ_BYTES, index * READ_BYTES, () => {});
  await new Promise((resolve) => setTimeout(resolve, STALLED_MS));
  socket.destroy();
}

function promised(act) {
  return new Promise((resolve, reject) => act((error, result) => (error ? reject(error) : resolve(result))));
}
