import type { EntryState, Role, Side } from './model.js';

/** What one may want to do with an entry or in a folder. `replace` is a deposit over what is there. */
export type Act = 'read' | 'deposit' | 'replace' | 'remove' | 'rename';

/** What the verdict on an existing entry depends on. */
export interface Relation {
  readonly isOwn: boolean;
  /** Somebody of the other side has downloaded it whole. */
  readonly isPickedUp: boolean;
}

export interface Refusal {
  readonly reason: 'role' | 'not-own' | 'picked-up' | 'archived';
  readonly message: string;
}

const READS: ReadonlySet<Act> = new Set<Act>(['read']);
const ROLE_ACTS: Record<Role, ReadonlySet<Act>> = {
  reader: READS,
  contributor: new Set<Act>(['read', 'deposit']),
  drop: new Set<Act>(['read', 'deposit']),
  writer: new Set<Act>(['read', 'deposit', 'replace', 'remove', 'rename']),
  manager: new Set<Act>(['read', 'deposit', 'replace', 'remove', 'rename']),
};

/** The one table of who may do what; null means allowed. Whether one sees the thing at all is decided before, by isVisible. */
export function refusalOf(
  role: Role,
  act: Act,
  relation: Relation | null,
  isArchived = false,
): Refusal | null {
  if (isArchived && act !== 'read')
    return { reason: 'archived', message: 'This group is archived: it can be read, not changed.' };
  if (ROLE_ACTS[role].has(act)) return null;
  if (role === 'reader' || relation === null)
    return { reason: 'role', message: 'Your role in this group does not allow this.' };
  if (!relation.isOwn)
    return { reason: 'not-own', message: 'Your role in this group allows this only for what you deposited.' };
  if (act !== 'replace' && relation.isPickedUp)
    return {
      reason: 'picked-up',
      message:
        'The other side has downloaded this file: it can be replaced, but not deleted, moved or renamed.',
    };
  return null;
}

/** What of an entry decides who sees it. */
export interface Visibility {
  readonly state: EntryState;
  /** Account id, or empty for a name that is everybody's. */
  readonly privateTo: string;
  readonly ownerAccountId: string | null;
}

/** Who sees an entry; metadata/visibility.ts is the same rule as SQL. */
export function isVisible(entry: Visibility, accountId: string, role: Role): boolean {
  if (entry.privateTo !== '' && entry.privateTo !== accountId) return false;
  if (entry.ownerAccountId === accountId) return true;
  return entry.state === 'published' && role !== 'drop';
}

/** Partners see the people of the house under the house's name unless the group shows them. */
export function shownName(
  person: { readonly name: string; readonly side: Side },
  viewer: { readonly side: Side; readonly showsHousePeople: boolean },
  houseName: string,
): string {
  return viewer.side === 'partner' && person.side === 'house' && !viewer.showsHousePeople
    ? houseName
    : person.name;
}
