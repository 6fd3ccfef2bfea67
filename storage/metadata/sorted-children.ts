import type { Knex } from 'knex';
import { CHILD_COLUMNS, type ChildRecord, childRecords } from './children.js';
import { rowLines } from './rows.js';
import { type Viewer, whereVisible } from './visibility.js';

/** By natural order of names, by the date of the deposit (of a folder: of its last change), or by size. */
export type SortOrder = 'name' | 'date' | 'size';

/** Which part of a directory, in which order. Folders come first, and equals by name, in either direction. */
export interface PageChoice {
  readonly order: SortOrder;
  readonly isDescending: boolean;
  /** Entries before the page. */
  readonly offset: number;
  readonly limit: number;
}

const KEYS: Readonly<Record<SortOrder, string>> = {
  name: 'entry.sort_key',
  date: 'coalesce(version.deposited_at, entry.modified_at)',
  size: 'coalesce(version.size_bytes, 0)',
};

/** The rows of the page are chosen by their keys alone; all else is read of them only. */
export async function sortedChildren(
  db: Knex,
  parentId: string,
  viewer: Viewer,
  page: PageChoice,
): Promise<ChildRecord[]> {
  const key = `${KEYS[page.order]} ${page.isDescending ? 'DESC' : 'ASC'}`;
  const order = `CASE entry.kind WHEN 'directory' THEN 0 ELSE 1 END, ${key}, entry.sort_key, entry.id`;
  const chosen = children(db, parentId, viewer).select('entry.id').orderByRaw(order);
  if (page.order !== 'name') chosen.leftJoin('versions as version', 'version.id', 'entry.version_id');
  const query = db('entries as entry')
    .leftJoin('versions as version', 'version.id', 'entry.version_id')
    .leftJoin('accounts as depositor', 'depositor.id', 'version.depositor_account_id')
    .whereIn('entry.id', chosen.limit(page.limit).offset(page.offset))
    .orderByRaw(order);
  return [...childRecords(await rowLines(db, query, CHILD_COLUMNS))];
}

/** How much the viewer sees in a directory. */
export async function countChildren(
  db: Knex,
  parentId: string,
  viewer: Viewer,
): Promise<{ readonly directoryCount: number; readonly fileCount: number }> {
  const rows: { kind: string; count: number | string }[] = await children(db, parentId, viewer)
    .select('entry.kind')
    .count('* as count')
    .groupBy('entry.kind');
  const of = (kind: string) => Number(rows.find((row) => row.kind === kind)?.count ?? 0);
  return { directoryCount: of('directory'), fileCount: of('file') };
}

function children(db: Knex, parentId: string, viewer: Viewer): Knex.QueryBuilder {
  return db('entries as entry')
    .where('entry.parent_id', parentId)
    .whereNull('entry.deleted_at')
    .andWhere(whereVisible('entry', viewer));
}
