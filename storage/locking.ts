import { randomUUID } from 'node:crypto';
import { assertAllowed, assertLive, confirmMembership } from './admission.js';
import { coveringLocks, toLock } from './covering-locks.js';
import { StorageError } from './errors.js';
import type { Visit } from './foundations.js';
import { grantedSeconds } from './held-locks.js';
import type { Transaction } from './metadata/database.js';
import { type EntryRecord, findSubtree } from './metadata/entries.js';
import { countLocks, insertLock, type LockRecord, locksOnEntries } from './metadata/locks.js';
import type { Conditions, Lock, LockScope } from './model.js';
import { formatPath, type VirtualPath } from './paths.js';
import { reserveName } from './placeholders.js';
import { assertInsideGroup, findPlace, type Place } from './places.js';
import { MAX_TREE_ENTRIES } from './tree.js';

const MAX_LOCKS_PER_ACCOUNT = 200;
/** Programs that save lock for minutes. */
const LOCKS_RETRY_SECONDS = 60;
const MAX_LOCKS = 5000;
const MAX_OWNER_CHARACTERS = 2048;

export interface LockRequest extends Conditions {
  readonly scope: LockScope;
  readonly isDeep: boolean;
  /** XML of the client's `owner` element, at most 2,048 characters. */
  readonly ownerXml: string;
  /** Asked for; granted at most 3,600. */
  readonly timeoutSeconds: number;
}

/** Takes a write lock; the right to replace is asked now, so that Word opens what one may not save as read-only. */
export async function lock(
  visit: Visit,
  path: VirtualPath,
  request: LockRequest,
): Promise<{ lock: Lock; created: boolean }> {
  assertLive(visit);
  assertInsideGroup(path);
  if (request.ownerXml.length > MAX_OWNER_CHARACTERS)
    throw new StorageError('too-large', 'The owner of a lock has at most 2,048 characters.', {
      reason: 'lock-owner',
    });
  return visit.database.write(async (transaction) => {
    const now = visit.clock.now().getTime();
    await assertRoomForLock(transaction, visit, now);
    const place = await findPlace(transaction, visit, path);
    const target = place.entry ? await admitLock(transaction, visit, place, place.entry) : undefined;
    const entryId = target?.id ?? (await reserveName(transaction, visit, path, request));
    await assertCompatible(transaction, visit, place, target, request);
    const record = lockRecord(visit, entryId, request);
    await insertLock(transaction, record);
    return {
      lock: toLock(record, place.path, { visit, membership: place.membership }),
      created: target === undefined,
    };
  });
}

async function admitLock(
  transaction: Transaction,
  visit: Visit,
  place: Place,
  entry: EntryRecord,
): Promise<EntryRecord> {
  const membership = await confirmMembership(transaction, visit, place.membership);
  await assertAllowed(transaction, visit, membership, 'replace', [entry]);
  return entry;
}

/** An exclusive lock stands alone; shared ones stand beside each other (RFC 4918, section 6.2). */
async function assertCompatible(
  transaction: Transaction,
  visit: Visit,
  place: Place,
  target: EntryRecord | undefined,
  request: LockRequest,
): Promise<void> {
  const above = (await coveringLocks(transaction, visit, place)).map(({ record }) => record);
  const below = target && request.isDeep ? await locksBelow(transaction, visit, target) : [];
  if ([...above, ...below].some((other) => request.scope === 'exclusive' || other.scope === 'exclusive'))
    throw new StorageError('locked', 'Somebody else holds a lock here.', {
      reason: 'no-conflicting-lock',
      subject: formatPath(place.path),
    });
}

async function locksBelow(
  transaction: Transaction,
  visit: Visit,
  target: EntryRecord,
): Promise<LockRecord[]> {
  const ids = (await findSubtree(transaction, target.id, MAX_TREE_ENTRIES))
    .slice(1)
    .map((record) => record.id);
  return locksOnEntries(transaction, ids, visit.clock.now().getTime());
}

async function assertRoomForLock(transaction: Transaction, visit: Visit, now: number): Promise<void> {
  const { own, all } = await countLocks(transaction, visit.session.account.id, now);
  if (own >= MAX_LOCKS_PER_ACCOUNT || all >= MAX_LOCKS)
    throw new StorageError('throttled', 'Too many files are locked at once.', {
      reason: 'lock-count',
      retryAfterSeconds: LOCKS_RETRY_SECONDS,
    });
}

function lockRecord(visit: Visit, entryId: string, request: LockRequest): LockRecord {
  const at = visit.clock.now().getTime();
  const timeoutSeconds = grantedSeconds(request.timeoutSeconds);
  return {
    token: `urn:uuid:${randomUUID()}`,
    entry_id: entryId,
    scope: request.scope,
    is_deep: request.isDeep,
    account_id: visit.session.account.id,
    owner_xml: request.ownerXml,
    timeout_seconds: timeoutSeconds,
    created_at: at,
    expires_at: at + timeoutSeconds * 1000,
  };
}
