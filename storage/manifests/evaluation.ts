import { findChain } from '../metadata/chains.js';
import type { Connection } from '../metadata/database.js';
import { findAncestry, type Step } from '../metadata/entries.js';
import type { HeldRecord } from '../metadata/held.js';
import { locksOnEntries } from '../metadata/locks.js';
import { faultsOf, foldersNamed, type NamedFile, namedFiles } from '../metadata/manifests.js';
import { standingNow } from '../metadata/standing.js';
import type { Role } from '../model.js';
import { isVisible, refusalOf } from '../policy.js';
import type { Fault } from './parsing.js';

/** A held file that its manifest names rightly. */
export interface ReadyFile {
  readonly number: number;
  readonly heldId: string;
  readonly versionId: string;
  /** What others see under the name, and will be replaced. */
  readonly otherId: string | null;
  /** Names of the folders between the group's own and the file, and its own. */
  readonly names: readonly string[];
}

/** How things stand with a manifest. Nothing is published unless `faults` and `missing` are empty. */
export interface Evaluation {
  readonly faults: readonly Fault[];
  /** Files that are not there; `path` below the manifest's folder. */
  readonly missing: readonly { readonly number: number; readonly path: string }[];
  /** Each once, in the order of the lines. */
  readonly ready: readonly ReadyFile[];
  /** All held files it names, rightly or not. */
  readonly heldIds: readonly string[];
  /** Lines whose file others see already, with the bytes the manifest says. */
  readonly publishedCount: number;
}

/** What is asked of the database besides its lines. */
interface Circumstances {
  readonly accountId: string;
  readonly role: Role;
  readonly isArchived: boolean;
}

/** A folder that lines are about. */
interface NamedFolder {
  readonly path: string;
  /** From the group's own down to it; undefined where it is not there. */
  readonly steps: readonly Step[] | undefined;
}

/** A line, and what it comes to. */
interface JudgedLine {
  readonly row: NamedFile;
  readonly folder: NamedFolder;
  readonly verdict: 'ready' | 'published' | 'missing' | { readonly fault: string };
}

/** Looks at every file a manifest names. `db` is a transaction where the answer must hold; `now` in milliseconds since 1970. */
export async function evaluate(
  db: Connection,
  manifest: HeldRecord,
  groupId: string,
  now: number,
): Promise<Evaluation> {
  const accountId = manifest.private_to;
  const standing = await standingNow(db, accountId, groupId);
  const isArchived = (standing?.archived_at ?? null) !== null;
  if (standing?.state !== 'active' || standing.role === null)
    return hindered('the account may not deposit in this group');
  const refusal = refusalOf(standing.role, 'deposit', null, isArchived);
  if (refusal) return hindered(refusal.message);
  const judged = await judgeLines(db, manifest, { accountId, role: standing.role, isArchived });
  const read = await faultsOf(db, manifest.version_id);
  const found = judged.flatMap(({ row, verdict }) =>
    typeof verdict === 'string' ? [] : [{ number: row.number, text: verdict.fault }],
  );
  const missing = judged
    .filter(({ verdict }) => verdict === 'missing')
    .map(({ row, folder }) => ({ number: row.number, path: pathOf(folder, row) }));
  const faults = [...read, ...found];
  const ready = judged.filter(({ verdict }) => verdict === 'ready');
  const locked = faults.length + missing.length === 0 ? await lockedLines(db, ready, now) : [];
  return {
    faults: [...faults, ...locked].sort((one, other) => one.number - other.number),
    missing,
    ready: once(ready.map(readyOf)),
    heldIds: judged.flatMap(({ row }) => row.heldId ?? []),
    publishedCount: judged.filter(({ verdict }) => verdict === 'published').length,
  };
}

function hindered(text: string): Evaluation {
  return { faults: [{ number: 0, text }], missing: [], ready: [], heldIds: [], publishedCount: 0 };
}

async function judgeLines(
  db: Connection,
  manifest: HeldRecord,
  circumstances: Circumstances,
): Promise<JudgedLine[]> {
  const above = await findAncestry(db, manifest.parent_id ?? '');
  const judged: JudgedLine[] = [];
  for (const path of await foldersNamed(db, manifest.version_id)) {
    const folder = await locate(db, above, path, circumstances);
    const asked = { path, id: folder.steps?.at(-1)?.id };
    const of = { versionId: manifest.version_id, accountId: circumstances.accountId };
    for (const row of await namedFiles(db, of, asked))
      judged.push({ row, folder, verdict: verdictOn(row, folder, circumstances) });
  }
  return judged.sort((one, other) => one.row.number - other.row.number);
}

async function locate(
  db: Connection,
  above: readonly Step[],
  path: string,
  { accountId, role }: Circumstances,
): Promise<NamedFolder> {
  if (path === '') return { path, steps: above };
  const names = path.split('/');
  const viewer = { accountId, seesOnlyOwn: role === 'drop' };
  const { steps } = await findChain(db, above.at(-1)?.id ?? '', names, viewer);
  const isWhole = steps.length > names.length && steps.at(-1)?.kind === 'directory';
  return { path, steps: isWhole ? [...above, ...steps.slice(1)] : undefined };
}

function verdictOn(row: NamedFile, folder: NamedFolder, circumstances: Circumstances): JudgedLine['verdict'] {
  const path = pathOf(folder, row);
  if (row.heldId === null) {
    const isThere = row.otherName === row.name && seesOther(row, circumstances);
    return isThere && row.otherSha256 === row.expected ? 'published' : 'missing';
  }
  if (row.heldSha256 !== row.expected)
    return {
      fault: `${path}: wrong SHA-256: ${row.expected} in the manifest, ${row.heldSha256} of what is there`,
    };
  const hindrance = hindranceOf(row, circumstances);
  return hindrance === undefined ? 'ready' : { fault: `${path}: ${hindrance}` };
}

/** Why what others see under the name cannot be replaced. */
function hindranceOf(row: NamedFile, circumstances: Circumstances): string | undefined {
  if (row.otherId === null || row.otherState === 'reserved') return undefined;
  if (!seesOther(row, circumstances) || row.otherName !== row.name)
    return 'the name, or one that differs only in case or accents, is taken';
  if (row.otherKind === 'directory') return 'there is a folder under this name';
  const { role, accountId, isArchived } = circumstances;
  const relation = { isOwn: row.otherOwnerId === accountId, isPickedUp: false };
  return refusalOf(role, 'replace', relation, isArchived)?.message;
}

function seesOther(row: NamedFile, { accountId, role }: Circumstances): boolean {
  if (row.otherState === null) return false;
  const seen = { state: row.otherState, privateTo: '', ownerAccountId: row.otherOwnerId };
  return isVisible(seen, accountId, role);
}

/** Locks bind whoever does not submit their token, as a manifest cannot: of the file, of its folder, deep ones above. */
async function lockedLines(db: Connection, lines: readonly JudgedLine[], now: number): Promise<Fault[]> {
  const folderIds = lines.flatMap(({ folder }) => folder.steps?.map((step) => step.id) ?? []);
  const fileIds = lines.flatMap(({ row }) => [row.otherId, row.heldId]).filter((id) => id !== null);
  const locks = await locksOnEntries(db, [...new Set([...folderIds, ...fileIds])], now);
  const deep = new Set(locks.filter((lock) => lock.is_deep).map((lock) => lock.entry_id));
  const all = new Set(locks.map((lock) => lock.entry_id));
  const isBound = ({ row, folder }: JudgedLine) =>
    folder.steps?.some((step) => deep.has(step.id)) ||
    (row.otherId === null ? all.has(folder.steps?.at(-1)?.id ?? '') : all.has(row.otherId)) ||
    all.has(row.heldId ?? '');
  return lines.filter(isBound).map((line) => ({
    number: line.row.number,
    text: `${pathOf(line.folder, line.row)}: somebody has locked it`,
  }));
}

function readyOf({ row, folder }: JudgedLine): ReadyFile {
  const folders = folder.steps?.slice(1).map((step) => step.name) ?? [];
  return {
    number: row.number,
    heldId: row.heldId ?? '',
    versionId: row.heldVersionId ?? '',
    otherId: row.otherId,
    names: [...folders, row.name],
  };
}

/** A file that two lines name is published once. */
function once(files: readonly ReadyFile[]): ReadyFile[] {
  return [...new Map(files.map((file) => [file.heldId, file])).values()];
}

function pathOf(folder: NamedFolder, row: NamedFile): string {
  return folder.path === '' ? row.name : `${folder.path}/${row.name}`;
}
