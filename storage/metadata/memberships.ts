import type { Knex } from 'knex';
import type { Language, ManifestSwitch, Role, Side } from '../model.js';
import type { Transaction } from './database.js';

/** One group an account belongs to, with all that finding the group's files needs. */
export interface Membership {
  readonly groupId: string;
  readonly spaceId: string;
  readonly rootEntryId: string;
  readonly groupName: string;
  readonly directory: string;
  readonly directoryKey: string;
  readonly role: Role;
  readonly showsHousePeople: boolean;
  readonly isArchived: boolean;
  readonly manifests: ManifestSwitch;
  /** Milliseconds since 1970. */
  readonly memberSince: number;
}

/** A person who may be told by mail of what happens in a group. */
export interface Recipient {
  readonly accountId: string;
  readonly role: Role;
  readonly side: Side;
  readonly language: Language;
  readonly kind: 'person';
}

export interface MembershipRecord {
  readonly id: string;
  readonly group_id: string;
  readonly account_id: string;
  readonly role: Role;
  readonly created_at: number;
}

/** The groups of an account, by directory. Whether the account is active is not asked here. */
export async function membershipsOf(db: Knex, accountId: string): Promise<readonly Membership[]> {
  const rows: readonly MembershipRow[] = await db('memberships as membership')
    .join('groups as group', 'group.id', 'membership.group_id')
    .join('spaces as space', 'space.id', 'group.space_id')
    .where('membership.account_id', accountId)
    .orderBy('group.directory_key')
    .select(
      'group.id as groupId',
      'space.id as spaceId',
      'space.root_entry_id as rootEntryId',
      'group.name as groupName',
      'group.directory as directory',
      'group.directory_key as directoryKey',
      'membership.role as role',
      'group.shows_house_people as showsHousePeople',
      'group.archived_at as archivedAt',
      'group.manifests as manifests',
      'membership.created_at as memberSince',
    );
  return rows.map(({ archivedAt, showsHousePeople, ...row }) => ({
    ...row,
    showsHousePeople: Boolean(showsHousePeople),
    isArchived: archivedAt !== null,
  }));
}

interface MembershipRow extends Omit<Membership, 'showsHousePeople' | 'isArchived'> {
  readonly showsHousePeople: boolean | number;
  readonly archivedAt: number | null;
}

/** The active people of a group. Service accounts and accounts that cannot sign in get no mail. */
export async function recipientsOf(db: Knex, groupId: string): Promise<readonly Recipient[]> {
  return db('memberships as membership')
    .join('accounts as account', 'account.id', 'membership.account_id')
    .where('membership.group_id', groupId)
    .where('account.kind', 'person')
    .where('account.state', 'active')
    .orderBy('account.id')
    .select(
      'account.id as accountId',
      'membership.role as role',
      'account.side as side',
      'account.language as language',
      'account.kind as kind',
    );
}

export async function findMembership(
  db: Knex,
  groupId: string,
  accountId: string,
): Promise<MembershipRecord | undefined> {
  return db('memberships').where({ group_id: groupId, account_id: accountId }).first();
}

export async function insertMembership(transaction: Transaction, row: MembershipRecord): Promise<void> {
  await transaction('memberships').insert(row);
}

export async function updateMembershipRole(transaction: Transaction, id: string, role: Role): Promise<void> {
  await transaction('memberships').where('id', id).update({ role });
}

export async function deleteMembership(transaction: Transaction, id: string): Promise<void> {
  await transaction('memberships').where('id', id).delete();
}
