import type { Knex } from 'knex';
import type { EntryRecord, ShownRecord } from './entries.js';
import { type RowLines, rowLines } from './rows.js';
import { type Viewer, whereVisible } from './visibility.js';

/** A child of a folder, with what the next page begins after. */
export type ChildRecord = ShownRecord & Pick<EntryRecord, 'name' | 'sort_key'>;

/** One page of a folder. */
export interface ChildPage {
  readonly count: number;
  readonly last: ChildRecord | undefined;
  /** Made one by one, as they are taken. */
  records(): Generator<ChildRecord>;
}

/** In the order in which `childRecords` reads them back. */
export const CHILD_COLUMNS = [
  'entry.id',
  'entry.kind',
  'entry.name',
  'entry.sort_key',
  'entry.state',
  'entry.version_id',
  'entry.created_at',
  'entry.modified_at',
  'version.size_bytes',
  'version.sha256',
  'version.deposited_at',
  'version.depositor_account_id',
  'depositor.name',
  'depositor.side',
];

/** One page of a folder in natural order, after the given row. */
export async function listChildren(
  db: Knex,
  parentId: string,
  viewer: Viewer,
  page: { readonly after?: Pick<ChildRecord, 'sort_key' | 'id'> | undefined; readonly limit: number },
): Promise<ChildPage> {
  const query = db('entries as entry')
    .leftJoin('versions as version', 'version.id', 'entry.version_id')
    .leftJoin('accounts as depositor', 'depositor.id', 'version.depositor_account_id')
    .where('entry.parent_id', parentId)
    .whereNull('entry.deleted_at')
    .andWhere(whereVisible('entry', viewer))
    .orderBy([{ column: 'entry.sort_key' }, { column: 'entry.id' }])
    .limit(page.limit);
  if (viewer.hasHeld) query.whereNotExists(ownInPlaceOf(db, viewer));
  if (page.after) query.whereRaw('(entry.sort_key, entry.id) > (?, ?)', [page.after.sort_key, page.after.id]);
  const lines = await rowLines(db, query, CHILD_COLUMNS);
  const { count, text } = lines;
  return {
    count,
    last: count === 0 ? undefined : read(text.slice(text.lastIndexOf('\n') + 1)),
    records: () => childRecords(lines),
  };
}

/** What the viewer holds back under the name of an entry that others see. */
function ownInPlaceOf(db: Knex, { accountId }: Viewer): Knex.QueryBuilder {
  return db('entries as own')
    .whereRaw("entry.private_to = '' AND own.parent_id = entry.parent_id AND own.name_key = entry.name_key")
    .where('own.private_to', accountId)
    .whereNull('own.deleted_at')
    .where('own.kind', 'file')
    .select('own.id');
}

/** What rows of `CHILD_COLUMNS` say, one by one. */
export function* childRecords({ text }: RowLines): Generator<ChildRecord> {
  for (let start = 0; start < text.length; ) {
    const next = text.indexOf('\n', start);
    const end = next === -1 ? text.length : next;
    yield read(text.slice(start, end));
    start = end + 1;
  }
}

function read(text: string): ChildRecord {
  const values = JSON.parse(text);
  return {
    id: values[0],
    kind: values[1],
    name: values[2],
    sort_key: values[3],
    state: values[4],
    version_id: values[5],
    created_at: values[6],
    modified_at: values[7],
    size_bytes: values[8],
    sha256: values[9],
    deposited_at: values[10],
    depositor_account_id: values[11],
    depositor_name: values[12],
    depositor_side: values[13],
  };
}
