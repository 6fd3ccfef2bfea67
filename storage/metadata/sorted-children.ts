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

const KEYS: Readonly<Record<Exclude<SortOrder, 'name'>, string>> = {
  date: 'coalesce(version.deposited_at, entry.modified_at)',
  size: 'coalesce(version.size_bytes, 0)',
};

/** How much a viewer sees in a directory. */
export interface ChildCounts {
  readonly directoryCount: number;
  readonly fileCount: number;
}

/** A page of a directory of which the counts are known: one statement, two where it holds the last folders and the first files. */
export async function sortedChildren(
  db: Knex,
  parentId: string,
  viewer: Viewer,
  { directoryCount }: ChildCounts,
  page: PageChoice,
): Promise<ChildRecord[]> {
  const folders = Math.max(0, Math.min(page.limit, directoryCount - page.offset));
  const of = (kind: string, offset: number, limit: number) =>
    limit > 0 ? sortedOf(db, { parentId, kind }, viewer, { ...page, offset, limit }) : [];
  const parts = await Promise.all([
    of('directory', page.offset, folders),
    of('file', Math.max(0, page.offset - directoryCount), page.limit - folders),
  ]);
  return parts.flat();
}

/** The rows of the page are chosen by their keys alone, by name from the index alone; all else is read of them only. */
async function sortedOf(
  db: Knex,
  { parentId, kind }: { readonly parentId: string; readonly kind: string },
  viewer: Viewer,
  page: PageChoice,
): Promise<ChildRecord[]> {
  const direction = page.isDescending ? 'DESC' : 'ASC';
  // By name both run the same way, so that the index is walked and nothing sorted.
  const order =
    page.order === 'name'
      ? `entry.sort_key ${direction}, entry.id ${direction}`
      : `${KEYS[page.order]} ${direction}, entry.sort_key, entry.id`;
  const chosen = children(db, parentId, viewer)
    .where('entry.kind', kind)
    .select('entry.id')
    .orderByRaw(order);
  if (page.order !== 'name') chosen.leftJoin('versions as version', 'version.id', 'entry.version_id');
  const query = db('entries as entry')
    .leftJoin('versions as version', 'version.id', 'entry.version_id')
    .leftJoin('accounts as depositor', 'depositor.id', 'version.depositor_account_id')
    .whereIn('entry.id', chosen.limit(page.limit).offset(page.offset))
    .orderByRaw(order);
  return [...childRecords(await rowLines(db, query, CHILD_COLUMNS))];
}

/** One walk along the index. */
export async function countChildren(db: Knex, parentId: string, viewer: Viewer): Promise<ChildCounts> {
  const [row] = await children(db, parentId, viewer).select(
    db.raw("count(*) AS total, sum(CASE entry.kind WHEN 'directory' THEN 1 ELSE 0 END) AS folders"),
  );
  const directoryCount = Number(row?.folders ?? 0);
  return { directoryCount, fileCount: Number(row?.total ?? 0) - directoryCount };
}

function children(db: Knex, parentId: string, viewer: Viewer): Knex.QueryBuilder {
  return db('entries as entry')
    .where('entry.parent_id', parentId)
    .whereNull('entry.deleted_at')
    .andWhere(whereVisible('entry', viewer));
}
