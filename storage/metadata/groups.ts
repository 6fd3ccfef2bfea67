import type { Knex } from 'knex';
import type { AccountState, ManifestSwitch, Role, Side } from '../model.js';
import type { Transaction } from './database.js';
import { insertSpace } from './spaces.js';

export interface GroupRecord {
  readonly id: string;
  readonly space_id: string;
  readonly name: string;
  readonly directory: string;
  readonly directory_key: string;
  readonly created_at: number;
  readonly archived_at: number | null;
  readonly manifests: ManifestSwitch;
}

export interface NewGroup {
  readonly id: string;
  readonly spaceId: string;
  readonly rootEntryId: string;
  readonly name: string;
  readonly directory: string;
  /** `nameKey` of the directory, unique. */
  readonly directoryKey: string;
  /** Null: no limit but the disk. */
  readonly quotaBytes: number | null;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
}

/** A group with its figures; instants in milliseconds since 1970. */
export interface GroupFigures {
  readonly id: string;
  readonly name: string;
  readonly directory: string;
  readonly memberCount: number;
  readonly usedBytes: number;
  readonly quotaBytes: number | null;
  readonly manifests: ManifestSwitch;
  readonly createdAt: number;
  readonly lastDepositAt: number | null;
}

export interface GroupMember {
  readonly accountId: string;
  readonly kind: 'person' | 'service';
  readonly login: string;
  readonly name: string;
  readonly side: Side;
  readonly role: Role;
  readonly state: AccountState;
  readonly since: number;
}

/** Makes a group together with its space and the root of its tree. */
export async function insertGroup(transaction: Transaction, group: NewGroup): Promise<void> {
  await insertSpace(transaction, {
    id: group.spaceId,
    kind: 'group',
    ownerAccountId: null,
    rootEntryId: group.rootEntryId,
    quotaBytes: group.quotaBytes,
    createdAt: group.createdAt,
  });
  await transaction('groups').insert({
    id: group.id,
    space_id: group.spaceId,
    name: group.name,
    directory: group.directory,
    directory_key: group.directoryKey,
    created_at: group.createdAt,
  });
}

export async function findGroupByDirectoryKey(
  db: Knex,
  directoryKey: string,
): Promise<GroupRecord | undefined> {
  return db('groups').where('directory_key', directoryKey).first();
}

/** Groups of exactly that name; names are free text, so there may be several. */
export async function findGroupsByName(db: Knex, name: string): Promise<readonly GroupRecord[]> {
  return db('groups').where('name', name).orderBy('created_at').limit(2);
}

/** Sets whether a group's service accounts deposit with manifests. */
export async function setManifests(
  transaction: Transaction,
  groupId: string,
  manifests: ManifestSwitch,
): Promise<void> {
  await transaction('groups').where('id', groupId).update({ manifests });
}

/** Groups that were switched off and in which nothing waits any more are off. */
export async function endManifests(transaction: Transaction): Promise<void> {
  await transaction('groups')
    .where('manifests', 'ending')
    .whereNotExists(
      transaction('entries').whereRaw(
        "entries.space_id = groups.space_id AND entries.state = 'held' AND entries.deleted_at IS NULL",
      ),
    )
    .update({ manifests: 'off' });
}

/** All groups by directory, or the one with that id. */
export async function groupFigures(db: Knex, groupId?: string): Promise<readonly GroupFigures[]> {
  const query = db('groups as group')
    .join('spaces as space', 'space.id', 'group.space_id')
    .orderBy('group.directory_key')
    .select(
      'group.id as id',
      'group.name as name',
      'group.directory as directory',
      'space.used_bytes as usedBytes',
      'space.quota_bytes as quotaBytes',
      'group.manifests as manifests',
      'group.created_at as createdAt',
      db('memberships').where('group_id', db.ref('group.id')).count('id').as('memberCount'),
      db('versions as version')
        .join('entries as entry', 'entry.id', 'version.entry_id')
        .where('entry.space_id', db.ref('group.space_id'))
        .max('version.deposited_at')
        .as('lastDepositAt'),
    );
  return groupId === undefined ? query : query.where('group.id', groupId);
}

/** The members of a group by name. */
export async function membersOfGroup(db: Knex, groupId: string): Promise<readonly GroupMember[]> {
  return db('memberships as membership')
    .join('accounts as account', 'account.id', 'membership.account_id')
    .where('membership.group_id', groupId)
    .orderBy(['account.name', 'account.login'])
    .select(
      'account.id as accountId',
      'account.kind as kind',
      'account.login as login',
      'account.name as name',
      'account.side as side',
      'membership.role as role',
      'account.state as state',
      'membership.created_at as since',
    );
}
