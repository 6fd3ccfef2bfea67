import type { Knex } from 'knex';
import type { Role, Side } from '../model.js';

/** Whose and where something is, for rows the appliance writes on its own. */
export interface ActContext {
  readonly account_id: string;
  readonly login: string;
  readonly name: string;
  readonly side: Side;
  readonly group_id: string;
  readonly group_name: string;
  readonly directory: string;
}

export async function actContext(
  db: Knex,
  accountId: string,
  spaceId: string,
): Promise<ActContext | undefined> {
  return db('accounts as account')
    .join('groups as group', 'group.space_id', db.raw('?', [spaceId]))
    .where('account.id', accountId)
    .first(
      'account.id as account_id',
      'account.login',
      'account.name',
      'account.side',
      'group.id as group_id',
      'group.name as group_name',
      'group.directory',
    );
}

/** The directory of the group whose tree begins at that entry. */
export async function directoryOfRoot(db: Knex, rootEntryId: string): Promise<string | undefined> {
  const row: { directory: string } | undefined = await db('groups as group')
    .join('spaces as space', 'space.id', 'group.space_id')
    .where('space.root_entry_id', rootEntryId)
    .first('group.directory');
  return row?.directory;
}

/** Active people of a group with one of these roles. */
export async function peopleWithRole(db: Knex, groupId: string, roles: readonly Role[]): Promise<string[]> {
  const rows: readonly { account_id: string }[] = await db('memberships')
    .join('accounts', 'accounts.id', 'memberships.account_id')
    .where('memberships.group_id', groupId)
    .where({ 'accounts.kind': 'person', 'accounts.state': 'active' })
    .whereIn('memberships.role', [...roles])
    .select('memberships.account_id');
  return rows.map((row) => row.account_id);
}

/** Whether an account is a person that may be written to. */
export async function isActivePerson(db: Knex, accountId: string): Promise<boolean> {
  return (
    (await db('accounts').where({ id: accountId, kind: 'person', state: 'active' }).first('id')) !== undefined
  );
}
