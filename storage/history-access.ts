import { assertLive } from './admission.js';
import { StorageError } from './errors.js';
import type { Visit } from './foundations.js';
import type { HistoryFilter, HistoryPerson, HistoryRow } from './history-model.js';
import { type HistoryRecord, type HistoryStream, membersOf } from './metadata/history.js';
import type { Membership } from './metadata/memberships.js';
import type { ActivityAction, Side } from './model.js';
import { isPrivateName } from './names.js';
import { isVisible, shownName } from './policy.js';

/** What one reader may see of the history, and what of that was asked for. */
export interface Access {
  readonly filter: HistoryFilter;
  readonly accountId: string;
  readonly side: Side;
  readonly houseName: string;
  /** By group id: those asked for. */
  readonly memberships: ReadonlyMap<string, Membership>;
  /** The one group that was asked for. */
  readonly membership: Membership | undefined;
  readonly streams: readonly HistoryStream[];
}

/** What members of a group read of each other. */
const SHARED_ACTS: ReadonlySet<ActivityAction> = new Set<ActivityAction>([
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
/** What one reads of oneself, in no group, where one asks for oneself alone. */
const OWN_ACTS: ReadonlySet<ActivityAction> = new Set<ActivityAction>([
  'sign-in',
  'sign-out',
  'export',
  'account-password',
  'account-key-add',
  'account-key-remove',
]);

const MAX_PEOPLE = 500;

/** @throws not-found for a group one does not belong to, and for somebody one is not shown */
export async function accessOf(visit: Visit, filter: HistoryFilter): Promise<Access> {
  const { id: accountId, side } = visit.session.account;
  const all = await visit.memberships(accountId);
  const membership = all.find(({ rootEntryId }) => rootEntryId === filter.groupEntryId);
  if (filter.groupEntryId !== undefined && !membership) throw unknown('group');
  const { personId } = filter;
  if (personId !== undefined && personId !== accountId)
    if (!(await historyPeople(visit)).some(({ id }) => id === personId)) throw unknown('person');
  const chosen = membership ? [membership] : all;
  return {
    filter,
    accountId,
    side,
    houseName: await visit.houseName(),
    memberships: new Map(chosen.map((one) => [one.groupId, one])),
    membership,
    streams: streamsOf(filter, chosen, accountId),
  };
}

function unknown(reason: 'group' | 'person'): StorageError {
  return new StorageError('not-found', `There is no such ${reason}.`, { reason });
}

/** The narrowest indexed way to what was asked for. */
function streamsOf(
  { entryId, personId }: HistoryFilter,
  memberships: readonly Membership[],
  accountId: string,
): HistoryStream[] {
  if (entryId !== undefined) return [{ column: 'entry_id', value: entryId }];
  if (personId !== undefined) return [{ column: 'account_id', value: personId }];
  const shared = memberships.filter(({ role }) => role !== 'drop');
  const groups = shared.map(({ groupId }) => ({ column: 'group_id', value: groupId }) as const);
  // Of groups one only deposits in, the shortest way is one's own lines.
  const isOwnNeeded = shared.length < memberships.length;
  return isOwnNeeded ? [...groups, { column: 'account_id', value: accountId }] : groups;
}

/** The members of one's groups that one is shown, oneself left out, by name. Of groups one only deposits in nobody is shown. */
export async function historyPeople(visit: Visit): Promise<readonly HistoryPerson[]> {
  assertLive(visit);
  const { id: accountId, side } = visit.session.account;
  const memberships = (await visit.memberships(accountId)).filter(({ role }) => role !== 'drop');
  const byGroup = new Map(memberships.map((one) => [one.groupId, one]));
  const members = await membersOf(visit.database.reader, [...byGroup.keys()], MAX_PEOPLE);
  const shown = members.filter((member) => {
    const membership = byGroup.get(member.groupId);
    return member.id !== accountId && membership && !isMasked(member.side, side, membership);
  });
  return [...new Map(shown.map(({ id, name }) => [id, { id, name }])).values()];
}

function isMasked(side: Side | null, viewer: Side, { showsHousePeople }: Membership): boolean {
  return viewer === 'partner' && side === 'house' && !showsHousePeople;
}

/** The line for this reader; undefined where it is not for him, or not what he asked for. */
export function rowFor(record: HistoryRecord, access: Access): HistoryRow | undefined {
  const membership = access.memberships.get(record.groupId ?? '');
  if (!isAskedFor(record, access) || !isForReader(record, membership, access)) return undefined;
  const personal = personalOf(record.payload);
  const isOwn = record.accountId === access.accountId;
  const names = [personal.path, personal.target].filter((text) => text !== undefined);
  if (!isOwn && names.some(isPrivatePath)) return undefined;
  if (!isNamed(names, access.filter.name)) return undefined;
  const { id, action, outcome, door, entryId, sizeBytes } = record;
  return {
    ...{ id, action, outcome, door, entryId, sizeBytes, isOwn },
    at: new Date(record.at),
    who: whoOf(record, personal.accountName, membership, access),
    group: membership?.groupName ?? personal.group ?? null,
    path: personal.path ?? null,
    target: personal.target ?? null,
    isThere: record.state !== null && record.deletedAt === null,
    reason: personal.reason ?? null,
  };
}

function isAskedFor({ at, action, accountId, groupId, entryId }: HistoryRecord, { filter }: Access): boolean {
  return (
    (filter.groupEntryId === undefined || groupId !== null) &&
    (filter.entryId === undefined || entryId === filter.entryId) &&
    (filter.personId === undefined || accountId === filter.personId) &&
    (filter.action === undefined || action === filter.action) &&
    (filter.from === undefined || at >= filter.from.getTime()) &&
    (filter.to === undefined || at < filter.to.getTime())
  );
}

function isForReader(record: HistoryRecord, membership: Membership | undefined, access: Access): boolean {
  const isOwn = record.accountId === access.accountId;
  if (record.groupId === null)
    return isOwn && access.filter.personId !== undefined && OWN_ACTS.has(record.action);
  if (!membership || record.at < membership.memberSince || !SHARED_ACTS.has(record.action)) return false;
  if (isOwn) return true;
  // Whoever asks for somebody by name is not told what he is shown without one.
  if (access.filter.personId !== undefined && isMasked(record.side, access.side, membership)) return false;
  return isShared(record, membership, access);
}

/** What others may read of: a name that they see, or saw before it went; nothing that came to no end. */
function isShared(record: HistoryRecord, { role }: Membership, { accountId }: Access): boolean {
  const { state, privateTo, ownerAccountId, action, outcome } = record;
  if (role === 'drop' || state === null || privateTo === null) return false;
  const isUnfinished = action === 'deposit' && outcome !== 'ok' && outcome !== 'refused';
  return !isUnfinished && isVisible({ state, privateTo, ownerAccountId }, accountId, role);
}

function isPrivatePath(path: string): boolean {
  return path.split('/').some(isPrivateName);
}

function isNamed(paths: readonly string[], part: string | undefined): boolean {
  if (part === undefined) return true;
  const wanted = fold(part);
  return paths.some((path) => fold(path.split('/').at(-1) ?? '').includes(wanted));
}

function fold(text: string): string {
  return text.normalize('NFC').toLocaleLowerCase('fr');
}

function whoOf(
  { side }: HistoryRecord,
  name: string | undefined,
  membership: Membership | undefined,
  access: Access,
): string | null {
  if (name === undefined || side === null || !membership) return name ?? null;
  const viewer = { side: access.side, showsHousePeople: membership.showsHousePeople };
  return shownName({ name, side }, viewer, access.houseName);
}

type Personal = Partial<Record<'accountName' | 'group' | 'path' | 'target' | 'reason', string>>;

function personalOf(payload: string | null): Personal {
  return payload === null ? {} : JSON.parse(payload);
}
