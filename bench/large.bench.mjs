// One large file over WebDAV, both ways, in clear and over TLS. A deposit here is on the disk when it is answered; Apache's is
// made so by a sync of its file, which is timed too.
import { join } from 'node:path';
import { compare } from './comparison.mjs';
import { curl, run, timed } from './programs.mjs';
import { onScene, writeRandom } from './scene.mjs';
import { settings } from './settings.mjs';

export const bench = () =>
  onScene(['apache'], async ({ appliance, apache, scratch }) => {
    const file = join(scratch, 'large.bin');
    await writeRandom(file, settings.largeMib * 1024 * 1024);
    const speed = async (work) => settings.largeMib / (await timed(work));
    const put = (door) => () => speed(() => curl(door, ['-T', file, `${door.url}large.bin`]));
    const get =
      (door, url = door.url) =>
      () =>
        speed(() => curl(door, ['-k', '-o', '/dev/null', `${url}large.bin`]));
    const putSynced = () =>
      speed(async () => {
        await curl(apache, ['-T', file, `${apache.url}large.bin`]);
        await run('sync', [join(apache.files, 'large.bin')]);
      });
    const title = (act) => `${act} ${settings.largeMib} MiB`;
    const row = (name, least, aim, ours, theirs) => ({
      title: title(name),
      unit: 'MiB/s',
      peer: 'Apache',
      least,
      aim,
      ours,
      ...(apache && { theirs }),
    });
    const rows = [
      row('PUT, both to sync,', 0.8, 1.2, put(appliance.webdav), putSynced),
      row('GET in clear,', 0.3, 0.5, get(appliance.webdav), apache && get(apache)),
    ];
    // The appliance ends no TLS of its own: as it is operated today, behind a proxy that is Apache itself. Apache serves its own
    // file without that hop.
    const overTls = apache && {
      ...row(
        'GET over TLS (ours through a proxy),',
        0.7,
        1,
        get(appliance.webdav, apache.oursTlsUrl),
        get(apache, apache.tlsUrl),
      ),
    };
    await compare('large', overTls ? [...rows, overTls] : rows, appliance);
  });
