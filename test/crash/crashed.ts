import { cp, mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GROUP_NAME, PEOPLE } from '../support/appliance.js';
import type { DyingBuild } from './dying-build.js';
import type { PreparedFolder } from './prepared.js';
import { sendOverSftp } from './requests.js';
import { connectSftp } from './sftp-client.js';
import { basic, davPath } from './views.js';

const G = `/${GROUP_NAME}`;

/** How far `kept.bin` can be gone on with: of its one batch of sixteen frames on the disk, all but one. */
export const KEPT_BYTES = 15 * 65_536;

/**
 * The folder of a daemon that was killed while it had one upload half sent over each door, a third in place but not committed, and a
 * file open for reading. The caller removes it.
 */
export async function crashWhileBusy(build: DyingBuild, folder: PreparedFolder): Promise<PreparedFolder> {
  const { password } = folder;
  const directory = await folder.copy();
  const daemon = await build.startDaemon(directory, { label: 'blob-published' });
  try {
    const headers = basic(password);
    const client = await connectSftp({ port: daemon.sftpPort, login: PEOPLE.claire.login, password });
    await client.ask<Buffer>((sftp, done) => sftp.open(`${G}/large.txt`, 'r', done));
    await sendOverSftp(client, `${G}/kept.bin`, 'w', Buffer.alloc(1_500_000, 'kept'), 0);
    await daemon.untilPassed('frames-written', 1);
    const socket = connect(Number(new URL(daemon.origin).port), '127.0.0.1').on('error', () => {});
    socket.write(
      `PUT ${davPath(`${G}/half.bin`)} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: ${headers.Authorization}\r\n` +
        'Content-Length: 4000000\r\n\r\n',
    );
    socket.write(Buffer.alloc(2_500_000, 'half'));
    await daemon.untilPassed('frames-written', 2);
    const whole = fetch(`${daemon.origin}${davPath(`${G}/whole.bin`)}`, {
      method: 'PUT',
      body: Buffer.alloc(1_200_000, 'whole'),
      headers,
    });
    await Promise.all([daemon.untilDead(), whole.catch(() => undefined)]);
  } finally {
    await daemon.close();
  }
  return {
    password,
    copy: async () => {
      const copied = await mkdtemp(join(tmpdir(), 'peps-crash-'));
      // A socket cannot be copied; it is the dead daemon's lock.
      await cp(directory, copied, { recursive: true, filter: (path) => !path.endsWith('.sock') });
      return copied;
    },
    remove: () => rm(directory, { recursive: true, force: true }),
  };
}
