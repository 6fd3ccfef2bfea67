import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Door } from '../../storage/index.js';
import { mkdir, put } from '../storage/acts.js';
import { openParts } from '../storage/parts.js';
import { GROUP_NAME, OTHER_GROUP_NAME, originOf, PEOPLE, SERVICE_LOGIN } from '../support/appliance.js';
import { type RunningAppliance, startIn, startTestAppliance } from '../support/running.js';
import { findFaults } from './oracle.js';
import { digestOf, type View, viewOverSftp, viewOverWebdav } from './views.js';

/** A data folder with people and files in it, at rest, of which each case gets a copy. */
export interface PreparedFolder {
  readonly password: string;
  copy(): Promise<string>;
  remove(): Promise<void>;
}

/** What Claire sees in a prepared folder. `report.tmp` is hers alone; a reading of `large.txt` has a row before its first byte. */
export const FILES: Readonly<Record<string, string>> = {
  [`/${GROUP_NAME}/old.txt`]: 'the content that was there',
  [`/${GROUP_NAME}/large.txt`]: 'more than a MiB '.repeat(70_000),
  [`/${GROUP_NAME}/target.txt`]: 'what a move or copy replaces',
  [`/${GROUP_NAME}/report.tmp`]: 'sent under a temporary name',
  [`/${GROUP_NAME}/d/a.txt`]: 'in a folder',
  [`/${GROUP_NAME}/d/sub/b.txt`]: 'in a folder of a folder',
};
const FOLDERS = [`/${GROUP_NAME}`, `/${OTHER_GROUP_NAME}`, `/${GROUP_NAME}/d`, `/${GROUP_NAME}/d/sub`];

export const VIEW: View = {
  ...Object.fromEntries(FOLDERS.map((path) => [path, 'folder'])),
  ...Object.fromEntries(Object.entries(FILES).map(([path, content]) => [path, digestOf(content)])),
};

/** Prepares one; `fill` adds to it. The caller removes it. */
export async function prepareFolder(
  fill: (appliance: RunningAppliance) => Promise<void> = async () => {},
): Promise<PreparedFolder> {
  const appliance = await startTestAppliance();
  await appliance.operator.setMember(OTHER_GROUP_NAME, PEOPLE.claire.login, 'writer');
  const claire = await workspaceOf(appliance);
  await mkdir(claire, `/${GROUP_NAME}/d`, `/${GROUP_NAME}/d/sub`);
  for (const [path, content] of Object.entries(FILES)) await put(claire, path, content);
  await fill(appliance);
  // What is due already would be sent by every daemon that starts; its own worker may have sent some of it.
  for (const mail of await appliance.storage.outbox.claim(500, new Date(Date.now() + 60_000)))
    await appliance.storage.outbox.markSent(mail.id);
  await appliance.stop();
  const { directory, password } = appliance;
  await rm(join(directory, 'mail'), { recursive: true, force: true });
  return {
    password,
    async copy() {
      const copied = await mkdtemp(join(tmpdir(), 'peps-crash-'));
      await cp(directory, copied, { recursive: true });
      return copied;
    },
    remove: () => rm(directory, { recursive: true, force: true }),
  };
}

export async function workspaceOf(appliance: RunningAppliance, door: Door = 'webdav') {
  const credential = { kind: 'password', login: PEOPLE.claire.login, password: appliance.password } as const;
  return appliance.storage.open(await appliance.storage.authenticate(credential, originOf(door)));
}

/** The service account's, over SFTP. */
export async function serviceOf({ storage, password }: RunningAppliance) {
  const credential = { kind: 'password', login: SERVICE_LOGIN, password } as const;
  return storage.open(await storage.authenticate(credential, originOf('sftp')));
}

/** What a folder holds after a recovery by the daemon as it is delivered. */
export interface Aftermath {
  /** `action outcome path` of every line about files, oldest first. */
  readonly lines: readonly string[];
  readonly overWebdav: View;
  readonly overSftp: View;
  /** What the oracle found, once after the recovery and once after the sweeper had come by. */
  readonly faults: readonly string[];
}

export const HOUR_MS = 60 * 60 * 1000;
const LATER_MS = 2 * HOUR_MS;

/** Starts the normal daemon on a folder where another died, looks through every door and asks the oracle; removes the folder. */
export async function recoverAndLook(directory: string, password: string): Promise<Aftermath> {
  const appliance = await startIn(directory, { password });
  try {
    const lines = await linesOf(appliance);
    const overWebdav = await viewOverWebdav(appliance);
    const overSftp = await viewOverSftp(appliance);
    await appliance.stop();
    return { lines, overWebdav, overSftp, faults: await faultsOf(directory) };
  } finally {
    await appliance.close();
  }
}

/** The lines about files, oldest first. */
export async function linesOf(appliance: Pick<RunningAppliance, 'operator'>): Promise<string[]> {
  const rows = await appliance.operator.activity({ order: 'asc', limit: 500 });
  return rows
    .filter((row) => row.path !== null)
    .map(({ action, outcome, path }) => `${action} ${outcome} ${path}`);
}

/** Asks the oracle about a folder nobody has open, sweeps it as if hours had passed, and asks again. */
export async function faultsOf(directory: string, laterMs = LATER_MS): Promise<string[]> {
  const clock = { now: () => new Date(Date.now() + laterMs) };
  const parts = await openParts({ directory }, { clock, quietSeconds: 86_400 });
  try {
    const faults = await findFaults(parts, directory, { isSwept: false });
    await parts.sweep();
    return [...faults, ...(await findFaults(parts, directory, { isSwept: true }))];
  } finally {
    await parts.close();
  }
}
