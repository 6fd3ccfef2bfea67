// One large file fetched over TLS, each server's own, with the same cipher for all.
import { join } from 'node:path';
import { compare } from './comparison.mjs';
import { curl, timed } from './programs.mjs';
import { onScene, writeRandom } from './scene.mjs';
import { settings } from './settings.mjs';
import { rowOf } from './works.mjs';

const CIPHER = ['-k', '--tls13-ciphers', 'TLS_AES_128_GCM_SHA256'];

export const bench = () =>
  onScene(
    ['apache', 'rclone', 'nephele'],
    async ({ appliance, peers, scratch }) => {
      const file = join(scratch, 'large.bin');
      await writeRandom(file, settings.largeMib * 1024 * 1024);
      const secured = peers.map(({ tlsUrl, ...door }) => ({ ...door, url: tlsUrl }));
      for (const door of [appliance.webdav, ...secured])
        await curl(door, [...CIPHER, '-T', file, `${door.url}large.bin`]);
      const get = (door) => async () =>
        settings.largeMib /
        (await timed(() => curl(door, [...CIPHER, '-o', '/dev/null', `${door.url}large.bin`])));
      const title = `GET ${settings.largeMib} MiB over TLS`;
      const goals = { Apache: [0.8, 1] };
      await compare(
        'tls',
        [rowOf({ title, unit: 'MiB/s', ours: appliance.webdav, peers: secured, goals }, get)],
        appliance,
      );
    },
    { isTls: true },
  );
