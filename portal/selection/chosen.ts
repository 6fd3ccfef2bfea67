import {
  type Entry,
  isStorageError,
  parentOf,
  parsePath,
  type VirtualPath,
  type Workspace,
} from '../../storage/index.js';
import type { MemberVisit } from '../../web/routes.js';
import { readTicked } from '../ticked.js';

/** What was ticked in a list, and where that list was. */
export interface Chosen {
  readonly workspace: Workspace;
  readonly directory: VirtualPath;
  /** Those that are still there; in the order of the list. */
  readonly entries: readonly Entry[];
  /** Where one stands in choosing a folder, as the form says. */
  readonly to: VirtualPath | undefined;
  readonly isConfirmed: boolean;
}

/** Reads the form of a list: `element` once for each, `from`, and what the pages that follow add. @throws StorageError invalid-input */
export async function readChosen(visit: MemberVisit): Promise<Chosen> {
  const { form, ids } = await readTicked(visit);
  const workspace = visit.context.storage.open(visit.session);
  const entries: Entry[] = [];
  for (const id of ids) {
    const entry = await findStill(workspace, id);
    if (entry) entries.push(entry);
  }
  const [first] = entries;
  const to = form.get('to');
  return {
    workspace,
    directory: first ? parentOf(first.path) : parsePath(form.get('from') ?? '/'),
    entries,
    to: to === null ? undefined : parsePath(to),
    isConfirmed: form.has('confirm'),
  };
}

/** Somebody may have been quicker: what is gone is passed over. */
async function findStill(workspace: Workspace, id: string): Promise<Entry | undefined> {
  try {
    return await workspace.find(id);
  } catch (error) {
    if (isStorageError(error, 'not-found')) return undefined;
    throw error;
  }
}
