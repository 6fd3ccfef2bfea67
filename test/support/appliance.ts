import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type ActivityRow,
  type Administration,
  type ClaimedMail,
  type Clock,
  createStorage,
  type Door,
  type Origin,
  parsePath,
  type Role,
  type Session,
  type Side,
  type Storage,
  systemClock,
  type Workspace,
} from '../../storage/index.js';

/** The invented people every story is about; each signs in with `password`. */
export const PEOPLE = {
  claire: { login: 'claire.moreau@caf.example.org', name: 'Claire Moreau', side: 'house', role: 'writer' },
  marc: { login: 'marc.dole@caf.example.org', name: 'Marc Dole', side: 'house', role: 'manager' },
  nadia: {
    login: 'nadia.benali@lutins.example.org',
    name: 'Nadia Benali',
    side: 'partner',
    role: 'contributor',
  },
  julien: { login: 'julien.roy@lutins.example.org', name: 'Julien Roy', side: 'partner', role: 'reader' },
  odile: { login: 'odile.perrin@ailleurs.example.org', name: 'Odile Perrin', side: 'partner', role: null },
} as const satisfies Record<string, { login: string; name: string; side: Side; role: Role | null }>;

export type PersonKey = keyof typeof PEOPLE;

export const GROUP_NAME = 'Crèche Les Lutins';
/** Odile is no member of it, and the only member of the other group. */
export const OTHER_GROUP_NAME = 'Mairie de Sainte-Colombe';
export const SERVICE_LOGIN = 'batch-droits';

/** A real storage in a folder of its own: SQLite, disk, master key. */
export interface TestStorage {
  readonly storage: Storage;
  readonly directory: string;
  /** The one password of all test accounts, made anew for each run. */
  readonly password: string;
  readonly operator: Administration;
  /** The first segment of every path in the group. */
  readonly group: string;
  signIn(login: string, door?: Door): Promise<Session>;
  /** The workspace of one of PEOPLE, over WebDAV unless told. */
  workspace(person: PersonKey, door?: Door): Promise<Workspace>;
  /** Oldest first, administrative rows and sign-ins left out. */
  history(): Promise<ActivityRow[]>;
  /** Claims every mail due by now and marks it sent. */
  takeMails(): Promise<ClaimedMail[]>;
  /** Closes and opens the same folder again, as after a restart. */
  reopen(): Promise<TestStorage>;
  close(): Promise<void>;
}

export interface TestStorageOptions {
  readonly clock?: Clock;
  /** 0 unless told: mails are due at once. */
  readonly quietSeconds?: number;
  /** SQLite in the storage's own folder unless told. */
  readonly databaseUrl?: string;
}

/** A storage with the group, its members and a service account, ready to use. The caller closes it. */
export async function openTestStorage(options: TestStorageOptions = {}): Promise<TestStorage> {
  const directory = await mkdtemp(join(tmpdir(), 'peps-test-'));
  const password = `Aa1!${randomBytes(16).toString('hex').replace(/[aef]/g, 'x')}`;
  const test = await openIn(directory, password, options);
  await populate(test.operator, password);
  await test.takeMails();
  return test;
}

async function openIn(
  directory: string,
  password: string,
  options: TestStorageOptions,
): Promise<TestStorage> {
  const clock = options.clock ?? systemClock;
  const storage = await createStorage({
    databaseUrl: options.databaseUrl ?? `sqlite:${join(directory, 'peps.sqlite')}`,
    dataDir: directory,
    masterKeyFile: join(directory, 'master.key'),
    clock,
    settings: { quietSeconds: options.quietSeconds ?? 0 },
    onError: (job, error) => {
      throw new Error(`The job ${job} failed.`, { cause: error });
    },
  });
  await storage.start();
  const operator = storage.operate();
  const signIn = (login: string, door: Door = 'webdav') =>
    storage.authenticate({ kind: 'password', login, password }, originOf(door));
  return {
    storage,
    directory,
    password,
    operator,
    group: GROUP_NAME,
    signIn,
    workspace: async (person, door) => storage.open(await signIn(PEOPLE[person].login, door)),
    history: async () => (await operator.activity({ order: 'asc', limit: 500 })).filter(isAboutFiles),
    async takeMails() {
      const mails = await storage.outbox.claim(500, new Date(clock.now().getTime() + 60_000));
      for (const mail of mails) await storage.outbox.markSent(mail.id);
      return mails;
    },
    async reopen() {
      await storage.close();
      return openIn(directory, password, options);
    },
    async close() {
      await storage.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** Makes the groups, people and service account every story is about. */
export async function populate(operator: Administration, password: string): Promise<void> {
  await operator.createGroup({ name: GROUP_NAME });
  await operator.createGroup({ name: OTHER_GROUP_NAME });
  for (const { login, name, side, role } of Object.values(PEOPLE)) {
    await operator.createPerson({ address: login, name, side, password });
    if (role) await operator.setMember(GROUP_NAME, login, role);
  }
  await operator.setMember(OTHER_GROUP_NAME, PEOPLE.odile.login, 'writer');
  const service = { login: SERVICE_LOGIN, name: 'Lot des droits', side: 'house', password } as const;
  await operator.createService({ ...service, owner: PEOPLE.marc.login });
  await operator.setMember(GROUP_NAME, SERVICE_LOGIN, 'writer');
}

export function originOf(door: Door): Origin {
  return { door, address: '127.0.0.1' };
}

const ABOUT_FILES = new Set([
  'deposit',
  'download',
  'read',
  'view',
  'create-directory',
  'move',
  'copy',
  'delete',
  'restore',
]);

function isAboutFiles(row: ActivityRow): boolean {
  return ABOUT_FILES.has(row.action);
}

/** Deposits a whole file in one go. */
export async function deposit(workspace: Workspace, path: string, content: string | Buffer): Promise<void> {
  const bytes = Buffer.from(content);
  const upload = await workspace.put(parsePath(path), {
    base: 'empty',
    mode: 'create-or-replace',
    declaredSizeBytes: bytes.length,
  });
  await upload.write(bytes, 0);
  await upload.commit();
}

/** Reads a whole file and closes the download as a client that took it all. */
export async function fetchText(workspace: Workspace, path: string): Promise<string> {
  const download = await workspace.get(parsePath(path));
  const bytes = await download.read({ start: 0, end: download.entry.sizeBytes });
  await download.close('proven', [{ start: 0, end: bytes.length }]);
  return bytes.toString();
}

/** Names in a folder as the workspace lists them. */
export async function namesIn(workspace: Workspace, path: string): Promise<string[]> {
  const names: string[] = [];
  for await (const entry of workspace.list(parsePath(path))) names.push(entry.name);
  return names;
}
