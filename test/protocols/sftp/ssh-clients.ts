import { createHash, randomBytes } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PEOPLE } from '../../support/appliance.js';
import { openSftpDoor, type TestSftpDoor } from './support.js';

/** A door, and a folder in which real SSH clients know its host key and the password. */
export interface ClientBench {
  readonly door: TestSftpDoor;
  readonly login: string;
  local(name: string): string;
  /** For every program that starts `ssh`: no configuration, no agent, no question. */
  readonly sshOptions: readonly string[];
  /** Answers OpenSSH's question for the password. */
  readonly environment: Record<string, string>;
  /** A file of random bytes in the folder. @returns its SHA-256 */
  makeFile(name: string, sizeBytes: number): Promise<string>;
  sha256Of(name: string): Promise<string>;
  /** Folders, an empty file, names with spaces and accents, in the folder `name`. */
  makeTree(name: string): Promise<void>;
  /** Every file below a local folder with its digest, by relative path. */
  treeOf(name: string): Promise<Record<string, string>>;
  /** `action outcome` of each row about a path that ends so, oldest first. */
  rowsOf(ending: string): Promise<string[]>;
  close(): Promise<void>;
}

export async function openClientBench(): Promise<ClientBench> {
  const door = await openSftpDoor();
  const folder = await mkdtemp(join(tmpdir(), 'peps-sftp-clients-'));
  const local = (name: string) => join(folder, name);
  await writeFile(local('known_hosts'), `[127.0.0.1]:${door.port} ${door.publicHostKey}\n`);
  await writeFile(local('askpass'), '#!/bin/sh\nprintf "%s\\n" "$PEPS_TEST_PASSWORD"\n');
  await chmod(local('askpass'), 0o700);
  const login = PEOPLE.claire.login;
  const settings = {
    UserKnownHostsFile: local('known_hosts'),
    GlobalKnownHostsFile: '/dev/null',
    StrictHostKeyChecking: 'yes',
    IdentityAgent: 'none',
    NumberOfPasswordPrompts: '1',
    LogLevel: 'ERROR',
    User: login,
  };
  const sha256Of = async (name: string) =>
    createHash('sha256')
      .update(await readFile(local(name)))
      .digest('hex');
  return {
    door,
    login,
    local,
    sshOptions: [
      '-F',
      '/dev/null',
      ...Object.entries(settings).flatMap(([key, value]) => ['-o', `${key}=${value}`]),
    ],
    environment: {
      HOME: folder,
      SSH_ASKPASS: local('askpass'),
      SSH_ASKPASS_REQUIRE: 'force',
      PEPS_TEST_PASSWORD: door.password,
    },
    async makeFile(name, sizeBytes) {
      await writeFile(local(name), randomBytes(sizeBytes));
      return sha256Of(name);
    },
    sha256Of,
    async makeTree(name) {
      await mkdir(local(`${name}/sub/été 2026`), { recursive: true });
      await writeFile(local(`${name}/empty.flag`), '');
      await writeFile(local(`${name}/sub/été 2026/Bilan & co (1).txt`), 'bilan');
      for (let index = 0; index < 30; index += 1)
        await writeFile(local(`${name}/sub/f${index}.bin`), randomBytes(index * 997));
    },
    async treeOf(name) {
      const entries = await readdir(local(name), { recursive: true, withFileTypes: true });
      const files = entries
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name));
      const digests = await Promise.all(
        files.sort().map(async (path) => {
          const relative = path.slice(local(name).length + 1);
          return [relative, await sha256Of(join(name, relative))] as const;
        }),
      );
      return Object.fromEntries(digests);
    },
    async rowsOf(ending) {
      const rows = (await door.history()).filter((row) => row.path?.endsWith(ending));
      return rows.map(({ action, outcome }) => `${action} ${outcome}`);
    },
    async close() {
      await door.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
