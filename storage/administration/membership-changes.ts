import { endSessions } from '../accounts/account-changes.js';
import { assertOneOf } from '../accounts/new-accounts.js';
import { newId } from '../ids.js';
import type { AccountRecord } from '../metadata/accounts.js';
import type { GroupRecord } from '../metadata/groups.js';
import { endLocksOf } from '../metadata/locks.js';
import {
  deleteMembership,
  findMembership,
  insertMembership,
  updateMembershipRole,
} from '../metadata/memberships.js';
import type { Role } from '../model.js';
import type { Act } from './acts.js';

/** The roles that allow all a role allows: any other change takes something away. */
const WIDER_ROLES: Record<Role, readonly Role[]> = {
  reader: ['contributor', 'writer', 'manager'],
  drop: ['contributor', 'writer', 'manager'],
  contributor: ['writer', 'manager'],
  writer: ['manager'],
  manager: [],
};

/** Makes an account a member, changes its role, or (null) makes it none. @returns whether it was none before and is one now */
export async function setRole(
  act: Act,
  group: Pick<GroupRecord, 'id' | 'name'>,
  account: AccountRecord,
  role: Role | null,
): Promise<boolean> {
  const { transaction } = act;
  const former = await findMembership(transaction, group.id, account.id);
  if (former === undefined) {
    if (role !== null) await enter(act, group, account.id, account.login, role);
    return role !== null;
  }
  if (role === null) {
    await deleteMembership(transaction, former.id);
    await endSessions(transaction, account.id);
    await endLocksOf(transaction, account.id, act.now.getTime(), group.id);
    await act.record({ action: 'member-remove', subject: account.login, group });
  } else if (role !== former.role) {
    await updateMembershipRole(transaction, former.id, role);
    if (!WIDER_ROLES[former.role].includes(role)) await endSessions(transaction, account.id);
    await act.record({ action: 'member-set', subject: account.login, group, target: role });
  }
  return false;
}

export async function enter(
  act: Act,
  group: Pick<GroupRecord, 'id' | 'name'>,
  accountId: string,
  login: string,
  role: Role,
): Promise<void> {
  await insertMembership(act.transaction, {
    id: newId(act.now),
    group_id: group.id,
    account_id: accountId,
    role,
    created_at: act.now.getTime(),
  });
  await act.record({ action: 'member-set', subject: login, group, target: role });
}

export function assertRole(role: Role): void {
  assertOneOf('role', Object.keys(WIDER_ROLES), role);
}
