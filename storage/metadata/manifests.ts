import type { Knex } from 'knex';
import { nameKey } from '../names.js';
import type { Transaction } from './database.js';
import type { EntryState } from './entries.js';
import { type HeldRecord, heldEntries } from './held.js';
import { insertRows } from './rows.js';
import { rowsOf } from './statements.js';

/** A manifest as it was read. */
export interface ReadManifest {
  readonly versionId: string;
  readonly entryId: string;
  readonly accountId: string;
  readonly lines: readonly {
    readonly number: number;
    readonly folder: string;
    readonly name: string;
    readonly sha256: string;
  }[];
  readonly faults: readonly { readonly number: number; readonly text: string }[];
}

/** Keeps what a manifest says; once, whoever comes first. */
export async function insertManifest(transaction: Transaction, manifest: ReadManifest): Promise<void> {
  const { versionId: version_id, entryId: entry_id, accountId: account_id, lines, faults } = manifest;
  const once = 'ON CONFLICT DO NOTHING';
  await insertRows(transaction, 'manifests', [{ version_id, entry_id, account_id }], once);
  const rows = [
    ...lines.map(({ number, folder, name, sha256 }) => ({
      ...{ version_id, number, folder, name, name_key: nameKey(name), sha256, fault: null },
    })),
    ...faults.map(({ number, text }) => ({
      ...{ version_id, number, folder: '', name: null, name_key: null, sha256: null, fault: text },
    })),
  ];
  await insertRows(transaction, 'manifest_lines', rows, once);
}

export async function isRead(db: Knex, versionId: string): Promise<boolean> {
  return (await db('manifests').where('version_id', versionId).first('version_id')) !== undefined;
}

/** Every manifest that waits, read or not. */
export async function waitingManifests(db: Knex): Promise<HeldRecord[]> {
  return heldEntries(db).whereRaw("entry.name_key LIKE '%.sha256'");
}

/** A manifest with a line that names a file of some name, below its own folder. */
export interface NamingManifest {
  readonly entryId: string;
  readonly state: EntryState;
  readonly versionId: string;
  /** The manifest's own. */
  readonly folderId: string;
  readonly folder: string;
  readonly name: string;
  readonly sha256: string;
}

/** An account's manifests, anywhere, that name a file of that name. Not asked by folder: SQLite would read all of those. */
export async function manifestsNaming(db: Knex, accountId: string, name: string): Promise<NamingManifest[]> {
  return db('manifests as manifest')
    .join('entries as entry', 'entry.id', 'manifest.entry_id')
    .join('manifest_lines as line', 'line.version_id', 'manifest.version_id')
    .where('manifest.account_id', accountId)
    .whereIn('entry.state', ['held', 'settled'])
    .whereRaw("entry.version_id = manifest.version_id AND entry.name_key LIKE '%.sha256'")
    .whereNull('entry.deleted_at')
    .where('line.name_key', nameKey(name))
    .select(
      'entry.id as entryId',
      'entry.state as state',
      'manifest.version_id as versionId',
      'entry.parent_id as folderId',
      'line.folder as folder',
      'line.name as name',
      'line.sha256 as sha256',
    );
}

export async function faultsOf(
  db: Knex,
  versionId: string,
): Promise<readonly { number: number; text: string }[]> {
  return db('manifest_lines')
    .where('version_id', versionId)
    .whereNotNull('fault')
    .orderBy('number')
    .select('number', 'fault as text');
}

/** The folders that a manifest names files in. */
export async function foldersNamed(db: Knex, versionId: string): Promise<string[]> {
  const rows: readonly { folder: string }[] = await db('manifest_lines')
    .where('version_id', versionId)
    .whereNotNull('name')
    .distinct('folder');
  return rows.map((row) => row.folder);
}

/** A line with what stands under its name: what the account holds there, and what others see. */
export interface NamedFile {
  readonly number: number;
  readonly name: string;
  readonly expected: string;
  readonly heldId: string | null;
  readonly heldVersionId: string | null;
  readonly heldSha256: string | null;
  readonly otherId: string | null;
  readonly otherName: string | null;
  readonly otherKind: 'file' | 'directory' | null;
  readonly otherState: EntryState | null;
  readonly otherOwnerId: string | null;
  readonly otherSha256: string | null;
}

/** The lines about one folder, whose id is given; all of them as absent for a folder that is not there. */
export async function namedFiles(
  db: Knex,
  manifest: { readonly versionId: string; readonly accountId: string },
  folder: { readonly path: string; readonly id: string | undefined },
): Promise<readonly NamedFile[]> {
  const folderId = folder.id ?? '';
  const { versionId, accountId } = manifest;
  return rowsOf<NamedFile>(db, NAMED_FILES, [folderId, accountId, folderId, versionId, folder.path]);
}

const NAMED_FILES = `SELECT line.number AS number, line.name AS name, line.sha256 AS expected,
    held.id AS "heldId", held.version_id AS "heldVersionId", held_version.sha256 AS "heldSha256",
    other.id AS "otherId", other.name AS "otherName", other.kind AS "otherKind", other.state AS "otherState",
    other.owner_account_id AS "otherOwnerId", other_version.sha256 AS "otherSha256"
  FROM manifest_lines AS line
  LEFT JOIN entries AS held ON held.parent_id = ? AND held.name_key = line.name_key AND held.name = line.name
    AND held.private_to = ? AND held.state = 'held' AND held.deleted_at IS NULL
  LEFT JOIN versions AS held_version ON held_version.id = held.version_id
  LEFT JOIN entries AS other ON other.parent_id = ? AND other.name_key = line.name_key AND other.private_to = ''
    AND other.deleted_at IS NULL
  LEFT JOIN versions AS other_version ON other_version.id = other.version_id
  WHERE line.version_id = ? AND line.folder = ? AND line.name IS NOT NULL
  ORDER BY line.number`;
