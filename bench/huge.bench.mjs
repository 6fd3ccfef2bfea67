// A file of 20 GiB each way through each door, with the memory watched and the SHA-256 compared. It is made on the way in and
// hashed on the way out, so that it lies on the disk once for each door: sealed.
import { report } from './comparison.mjs';
import { curl, run } from './programs.mjs';
import { onScene } from './scene.mjs';
import { settings } from './settings.mjs';

const SAMPLE_MS = 1000;

export const bench = () =>
  onScene([], async ({ appliance }) => {
    const sizeBytes = settings.hugeMib * 1024 * 1024;
    // No block of it is sparse, none like another; what feeds `head` fails when that has enough.
    const source = `{ openssl enc -aes-128-ctr -pass pass:huge -nosalt -pbkdf2 -in /dev/zero 2>/dev/null || true; } | head -c ${sizeBytes}`;
    const expected = await digestOf(source);
    const { login, password, url, sftp } = appliance;
    const doors = {
      WebDAV: `curl -sS --fail -u '${login}:${password}' ${url}huge.bin`,
      SFTP: `curl -sS -k -u '${sftp.user}:' --key ${sftp.key} --pubkey ${sftp.key}.pub sftp://127.0.0.1:${sftp.port}/Banc/huge-sftp.bin`,
    };
    const before = appliance.residentMib();
    const rows = [];
    for (const [name, client] of Object.entries(doors)) {
      const put = () => shell(`${source} | ${client} -T -`);
      rows.push(await watched(`${name} in`, put, appliance, before));
      const stored = await storedDigest(appliance, name === 'WebDAV' ? 'huge.bin' : 'huge-sftp.bin');
      if (stored !== expected) throw new Error(`${name}: stored with SHA-256 ${stored}, not ${expected}.`);
      let fetched = '';
      const get = async () => {
        fetched = await digestOf(client);
      };
      rows.push(await watched(`${name} out`, get, appliance, before));
      if (fetched !== expected) throw new Error(`${name}: fetched with SHA-256 ${fetched}, not ${expected}.`);
    }
    process.stdout.write(`  SHA-256 ${expected}, the same in the history of both and of all that came out\n`);
    report('huge', rows);
  });

const shell = (command) => run('bash', ['-o', 'pipefail', '-c', command]);

async function digestOf(command) {
  return (await shell(`${command} | sha256sum`)).slice(0, 64);
}

/** As the appliance tells it. */
async function storedDigest({ webdav, url }, name) {
  const answer = await curl(webdav, ['-I', `${url}${name}`]);
  const base64 = /repr-digest: sha-256=:(.*):/i.exec(answer)?.[1] ?? '';
  return Buffer.from(base64, 'base64').toString('hex');
}

async function watched(title, work, appliance, before) {
  const curve = [];
  const timer = setInterval(() => curve.push(Math.round(appliance.residentMib())), SAMPLE_MS);
  const startedAt = performance.now();
  try {
    await work();
  } finally {
    clearInterval(timer);
  }
  const seconds = (performance.now() - startedAt) / 1000;
  const most = Math.max(appliance.residentMib(), ...curve);
  const tenth = Math.max(1, Math.floor(curve.length / 10));
  const points = curve.filter((_, index) => index % tenth === 0).join(' ');
  const note = `${(settings.hugeMib / seconds).toFixed(0)} MiB/s; memory over time ${points} MiB`;
  return { title, unit: 'MiB', ours: Math.max(0, most - before), least: 100, aim: 50, note, curve };
}
