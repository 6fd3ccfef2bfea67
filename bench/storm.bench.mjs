// A download while wrong passwords come in, each from an address of its own: what it keeps of its speed.
import { join } from 'node:path';
import { compare } from './comparison.mjs';
import { curl, run, timed } from './programs.mjs';
import { onScene, writeRandom } from './scene.mjs';
import { settings } from './settings.mjs';

export const bench = () =>
  onScene([], async ({ appliance, scratch }) => {
    const file = join(scratch, 'large.bin');
    await writeRandom(file, settings.largeMib * 1024 * 1024);
    await curl(appliance.webdav, ['-T', file, `${appliance.url}large.bin`]);
    const download = async () =>
      settings.largeMib /
      (await timed(() => curl(appliance.webdav, ['-o', '/dev/null', `${appliance.url}large.bin`])));
    let stormSeconds = 0;
    const inStorm = async (round) => {
      // The password's own check is remembered for a minute only: it must not wait in the storm.
      await curl(appliance.webdav, ['-I', appliance.url]);
      let isOver = false;
      const storm = timed(() => wrongPasswords(appliance, round)).then((seconds) => {
        isOver = true;
        stormSeconds = seconds;
      });
      const speed = await download();
      if (isOver)
        process.stdout.write('  the storm was over before the download: too few, or too large a file\n');
      await storm;
      return speed;
    };
    const rows = [
      {
        title: `download in a storm of ${settings.storm}`,
        unit: 'MiB/s',
        ours: inStorm,
        peers: [{ name: 'alone', least: 0.7, aim: 0.85, work: download }],
      },
    ];
    await compare('storm', rows, appliance);
    process.stdout.write(`  the last storm took ${stormSeconds.toFixed(1)} s\n`);
  });

/** All at once, from 127.R.N.1: what one address may try is limited, a storm has many. */
async function wrongPasswords({ url, login }, round) {
  const attempts = Array.from({ length: settings.storm }, (_, index) =>
    [
      `url = "${url}"`,
      `interface = "127.${10 + round}.${index % 250}.${1 + Math.floor(index / 250)}"`,
      `user = "${login}:wrong-${index}"`,
      'output = "/dev/null"',
      'silent',
    ].join('\n'),
  );
  await run(
    'curl',
    ['--parallel', '--parallel-max', String(settings.storm), '--parallel-immediate', '-K', '-'],
    {
      input: attempts.join('\nnext\n'),
    },
  );
}
