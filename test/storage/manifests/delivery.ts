import { createHash } from 'node:crypto';
import { parsePath, type Session, type VirtualPath, type Workspace } from '../../../storage/index.js';
import { GROUP_NAME, openTestStorage, SERVICE_LOGIN, type TestStorage } from '../../support/appliance.js';
import { createFakeClock, type FakeClock } from '../../support/fake-clock.js';
import { mkdir, peek, put } from '../acts.js';
import { openParts, type Parts } from '../parts.js';

/** A group where manifests are on, with a folder of its own for each test. */
export interface Delivery {
  readonly appliance: TestStorage;
  readonly parts: Parts;
  readonly clock: FakeClock;
  /** The service account over SFTP. */
  readonly job: Workspace;
  readonly jobSession: Session;
  readonly claire: Workspace;
  readonly nadia: Workspace;
  /** Of the test under way. */
  readonly folder: string;
  /** Begins a test: a new folder, the mails so far taken, the lines so far left out. */
  begin(): Promise<void>;
  /** A name in that folder. */
  at(name: string): VirtualPath;
  /** Deposits as the job. */
  send(name: string, content: string): Promise<void>;
  /** What the job reads under a name; null where it sees nothing. */
  read(name: string): Promise<string | null>;
  /** Names that somebody sees in the folder. */
  names(workspace: Workspace, below?: string): Promise<string[]>;
  /** Lines about files since the test began: action, outcome, path below the folder, reason. */
  lines(): Promise<string[]>;
  usedBytes(): Promise<number>;
  /** The sum of what lives. */
  liveBytes(): Promise<number>;
  close(): Promise<void>;
}

export async function openDelivery(
  options: { quietSeconds?: number; databaseUrl?: string } = {},
): Promise<Delivery> {
  const clock = createFakeClock();
  const appliance = await openTestStorage({ ...options, clock });
  const parts = await openParts(appliance, { ...options, clock });
  await appliance.operator.setManifests(GROUP_NAME, true);
  const jobSession = await appliance.signIn(SERVICE_LOGIN, 'sftp');
  const job = appliance.storage.open(jobSession);
  const nadia = await appliance.workspace('nadia');
  let count = 0;
  let folder = '';
  let linesBefore = 0;
  return {
    ...{ appliance, parts, clock, job, jobSession, nadia },
    claire: await appliance.workspace('claire'),
    get folder() {
      return folder;
    },
    at: (name) => parsePath(`${folder}/${name}`),
    async begin() {
      folder = `/${GROUP_NAME}/t${++count}`;
      await mkdir(nadia, folder);
      await appliance.takeMails();
      linesBefore = (await appliance.history()).length;
    },
    async send(name, content) {
      await put(job, `${folder}/${name}`, content);
    },
    read: (name) =>
      peek(job, `${folder}/${name}`).catch((error: { code?: string }) => {
        if (error.code === 'not-found') return null;
        throw error;
      }),
    async names(workspace, below = '') {
      const names: string[] = [];
      for await (const entry of workspace.list(parsePath(`${folder}${below}`))) names.push(entry.name);
      return names;
    },
    async lines() {
      const rows = (await appliance.history()).slice(linesBefore);
      return rows.map(({ action, outcome, path, reason }) =>
        [action, outcome, path?.replace(`${folder}/`, ''), reason].filter(Boolean).join(' '),
      );
    },
    usedBytes: async () => (await parts.rows('spaces')).reduce((sum, row) => sum + Number(row.used_bytes), 0),
    async liveBytes() {
      const entries = await parts.rows('entries');
      const live = new Set(entries.filter((row) => row.deleted_at === null).map((row) => row.version_id));
      return (await parts.rows('versions'))
        .filter((version) => live.has(version.id))
        .reduce((sum, version) => sum + Number(version.size_bytes), 0);
    },
    async close() {
      await parts.close();
      await appliance.close();
    },
  };
}

export function sha256(content: string): string {
  return createHash('sha256').update(content).digest('hex');
}

/** A manifest as sha256sum writes it: contents by path. */
export function manifestOf(files: Readonly<Record<string, string>>): string {
  return Object.entries(files)
    .map(([path, content]) => `${sha256(content)}  ${path}\n`)
    .join('');
}
