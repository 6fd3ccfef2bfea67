import type { Knex } from 'knex';
import { nameKey } from '../names.js';
import { COLUMNS, type EntryRecord, type Step, VERSION_COLUMNS } from './entries.js';
import { rowsOf } from './statements.js';
import type { Viewer } from './visibility.js';

/** How far a path leads: the steps found, root first, and the whole record of the last one if every name was found. */
export interface Chain {
  readonly steps: readonly Step[];
  readonly entry: EntryRecord | undefined;
  /** What opens the bytes of its version; null where there are none, or where it was not asked for. */
  readonly wrappedKey: string | null;
}

/** The steps by their level, and the whole record of the last. */
type ChainRow = EntryRecord & { readonly wrapped_key?: string | null } & {
  readonly [id: `id_${number}`]: string | null;
  readonly [name: `name_${number}`]: string;
  readonly [kind: `kind_${number}`]: Step['kind'];
};

/** SQLite joins at most 64 tables. */
const NAMES_PER_QUERY = 30;

/** Walks down from a root by names in one statement per 30 levels; only what the viewer may see is found. */
export async function findChain(
  db: Knex,
  rootId: string,
  names: readonly string[],
  viewer: Viewer,
  options: { readonly withKey?: boolean } = {},
): Promise<Chain> {
  const first = names.slice(0, NAMES_PER_QUERY);
  const rest = names.slice(NAMES_PER_QUERY);
  const shape = {
    levels: first.length,
    endsHere: rest.length === 0,
    seesOnlyOwn: viewer.seesOnlyOwn,
    withKey: options.withKey === true,
  };
  const { accountId } = viewer;
  const bindings = [...first.flatMap((name) => [nameKey(name), name, accountId, accountId]), rootId];
  const [row] = await rowsOf<ChainRow>(db, textOf(shape), bindings);
  const steps: Step[] = [];
  for (let step = row && stepOf(row, 0); step && row; step = stepOf(row, steps.length)) steps.push(step);
  const last = steps.at(-1);
  if (!row || !last || steps.length <= first.length) return { steps, entry: undefined, wrappedKey: null };
  if (rest.length === 0) return { steps, entry: row, wrappedKey: row.wrapped_key ?? null };
  const deeper = await findChain(db, last.id, rest, viewer, options);
  return { ...deeper, steps: [...steps, ...deeper.steps.slice(1)] };
}

/** Undefined where the chain broke off before. */
function stepOf(row: ChainRow, level: number): Step | undefined {
  const id = row[`id_${level}`];
  const name = row[`name_${level}`];
  const kind = row[`kind_${level}`];
  return id && name !== undefined && kind ? { id, name, kind } : undefined;
}

interface Shape {
  readonly levels: number;
  /** No names come after these. */
  readonly endsHere: boolean;
  readonly seesOnlyOwn: boolean;
  readonly withKey: boolean;
}

const texts = new Map<string, string>();

/** Every request asks this: its text is put together once for each depth. */
function textOf(shape: Shape): string {
  const key = JSON.stringify(shape);
  const text = texts.get(key) ?? compose(shape);
  texts.set(key, text);
  return text;
}

function compose(shape: Shape): string {
  const levels = Array.from({ length: shape.levels + 1 }, (_, level) => level);
  const last = `level_${shape.levels}`;
  const columns = [
    ...levels.flatMap((level) =>
      ['id', 'name', 'kind'].map((name) => `level_${level}.${name} AS ${name}_${level}`),
    ),
    ...COLUMNS.map((column) => `${last}.${column} AS ${column}`),
    ...VERSION_COLUMNS,
    ...(shape.withKey ? ['blob.wrapped_key AS wrapped_key'] : []),
  ];
  // A name private to the viewer comes before a directory that has the same.
  return `SELECT ${columns.join(', ')} FROM entries AS level_0
${levels
  .slice(1)
  .map((level) => joinOf(level, shape))
  .join('\n')}
LEFT JOIN versions AS version ON version.id = ${last}.version_id
LEFT JOIN accounts AS depositor ON depositor.id = version.depositor_account_id
${shape.withKey ? 'LEFT JOIN blobs AS blob ON blob.id = version.blob_id' : ''}
WHERE level_0.id = ? AND level_0.deleted_at IS NULL ORDER BY ${last}.private_to DESC LIMIT 1`;
}

/** The key finds the row, the name decides: a look-up in another case finds nothing. Visible is what visibility.ts says. */
function joinOf(level: number, { levels, endsHere, seesOnlyOwn }: Shape): string {
  const alias = `level_${level}`;
  // A file private to the viewer may bear the name of the folder the path goes through.
  const isFolder = level < levels || !endsHere;
  return `LEFT JOIN entries AS ${alias} ON ${alias}.parent_id = level_${level - 1}.id AND ${alias}.name_key = ? AND ${alias}.name = ?
  AND ${alias}.deleted_at IS NULL ${isFolder ? `AND ${alias}.kind = 'directory'` : ''} AND ${alias}.private_to IN ('', ?)
  AND (${alias}.owner_account_id = ? ${seesOnlyOwn ? '' : `OR ${alias}.state = 'published'`})`;
}
