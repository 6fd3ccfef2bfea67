import { Client, type FileEntryWithStats, type SFTPWrapper } from 'ssh2';

type Done<Result> = (error: Error | null | undefined, result: Result) => void;

/** A plain ssh2 client over the SFTP door of loopback. The caller ends it. */
export interface SftpClient {
  /** One call, as a promise; rejects when the connection is lost, where ssh2 might never answer. */
  ask<Result>(call: (sftp: SFTPWrapper, done: Done<Result>) => void): Promise<Result>;
  end(): void;
}

export interface SftpAddress {
  readonly port: number;
  readonly login: string;
  readonly password: string;
}

export async function connectSftp({ port, login, password }: SftpAddress): Promise<SftpClient> {
  const client = new Client();
  client.on('error', () => {});
  const lost = new Promise<never>((_, reject) => {
    client.once('close', () => reject(new Error('The connection is lost.')));
  });
  lost.catch(() => {});
  const ready = new Promise<void>((resolve) => client.once('ready', () => resolve()));
  client.connect({ host: '127.0.0.1', port, username: login, password });
  await Promise.race([ready, lost]);
  const sftp = await Promise.race([asPromise<SFTPWrapper>((done) => client.sftp(done)), lost]);
  return {
    ask: <Result>(call: (sftp: SFTPWrapper, done: Done<Result>) => void) =>
      Promise.race([asPromise<Result>((done) => call(sftp, done)), lost]),
    end: () => client.end(),
  };
}

/** Every file below a folder with its bytes, or its size when it cannot be read, and every folder (null), by path below it. */
export async function readTree(
  client: SftpClient,
  root: string,
): Promise<Map<string, Buffer | number | null>> {
  const found = new Map<string, Buffer | number | null>();
  const visit = async (path: string): Promise<void> => {
    const rows = await client.ask<FileEntryWithStats[]>((sftp, done) => sftp.readdir(`${root}${path}`, done));
    for (const { filename, attrs } of rows) {
      const below = `${path}/${filename}`;
      if (!attrs.isDirectory()) {
        const read = client.ask<Buffer>((sftp, done) => sftp.readFile(`${root}${below}`, done));
        found.set(below, await read.catch(() => attrs.size));
        continue;
      }
      found.set(below, null);
      await visit(below);
    }
  };
  await visit('');
  return found;
}

function asPromise<Result>(call: (done: Done<Result>) => void): Promise<Result> {
  return new Promise((resolve, reject) => {
    call((error, result) => (error ? reject(error) : resolve(result)));
  });
}
