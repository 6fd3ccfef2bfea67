import { assertLive } from './admission.js';
import type { Visit } from './foundations.js';
import { holdersIn } from './metadata/lock-holders.js';
import type { PersonView } from './model.js';
import type { VirtualPath } from './paths.js';
import { assertExists, findPlace } from './places.js';
import { shownName } from './policy.js';

/** Somebody's program keeps a file or folder for itself: others cannot change it meanwhile. */
export interface LockHolder {
  readonly entryId: string;
  /** As the reader is shown people. */
  readonly person: PersonView;
  readonly isOneself: boolean;
  readonly since: Date;
}

/**
 * Who keeps what for himself at a path: the entry, and if it is a directory its children; one for each of them, the earliest. Two
 * statements, however much lies there. @throws not-found
 */
export async function lockHolders(visit: Visit, path: VirtualPath): Promise<readonly LockHolder[]> {
  assertLive(visit);
  const { reader } = visit.database;
  const { entry, membership } = assertExists(await findPlace(reader, visit, path));
  const records = await holdersIn(reader, entry.id, visit.clock.now().getTime());
  const { account } = visit.session;
  const viewer = { side: account.side, showsHousePeople: membership.showsHousePeople };
  const houseName = records.length === 0 ? '' : await visit.houseName();
  const earliest = new Map(records.map((record) => [record.entry_id, record]));
  return [...earliest.values()].map(
    ({ entry_id: entryId, account_id: id, name, side, created_at: since }) => ({
      entryId,
      person: { id, name: shownName({ name, side }, viewer, houseName), side },
      isOneself: id === account.id,
      since: new Date(since),
    }),
  );
}
