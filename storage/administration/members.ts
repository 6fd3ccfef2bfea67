import { endSessions } from '../accounts/account-changes.js';
import { sendInvitation } from '../accounts/invitations.js';
import { parseAddress } from '../accounts/logins.js';
import { assertOneOf, insertPerson } from '../accounts/new-accounts.js';
import type { Administration } from '../administration.js';
import { StorageError } from '../errors.js';
import { newId } from '../ids.js';
import { type AccountRecord, findAccount } from '../metadata/accounts.js';
import { type GroupRecord, membersOfGroup } from '../metadata/groups.js';
import { endLocksOf } from '../metadata/locks.js';
import {
  deleteMembership,
  findMembership,
  insertMembership,
  updateMembershipRole,
} from '../metadata/memberships.js';
import type { Role } from '../model.js';
import { queueMail } from '../outbox-queue.js';
import type { Act, Acts } from './acts.js';
import { accountNamed, groupNamed } from './lookups.js';

type MemberActs = Pick<Administration, 'members' | 'setMember' | 'addMember'>;

/** The roles that allow all a role allows: any other change takes something away. */
const WIDER_ROLES: Record<Role, readonly Role[]> = {
  reader: ['contributor', 'writer', 'manager'],
  drop: ['contributor', 'writer', 'manager'],
  contributor: ['writer', 'manager'],
  writer: ['manager'],
  manager: [],
};

/** Who belongs to a group, and as what. */
export function createMemberActs(acts: Acts): MemberActs {
  const { database, clock } = acts.parts;

  async function join(act: Act, group: GroupRecord, account: AccountRecord, role: Role): Promise<void> {
    await enter(act, group, account.id, account.login, role);
    // A person who is only invited can read the mail about the group once active; nobody else is told anything.
    if (account.kind === 'person' && account.state !== 'suspended')
      await queueMail(act.transaction, clock, {
        accountId: account.id,
        groupId: group.id,
        template: 'group-welcome',
        props: {},
      });
  }

  return {
    async members(group) {
      acts.assertLive();
      const rows = await membersOfGroup(database.reader, (await groupNamed(database.reader, group)).id);
      return rows.map((row) => ({ ...row, since: new Date(row.since) }));
    },

    async setMember(groupName, who, role) {
      if (role !== null) assertRole(role);
      await acts.perform(async (act) => {
        const group = await groupNamed(act.transaction, groupName);
        const account = await accountNamed(act.transaction, who);
        const former = await findMembership(act.transaction, group.id, account.id);
        if (former === undefined) {
          if (role !== null) await join(act, group, account, role);
        } else if (role === null) {
          await deleteMembership(act.transaction, former.id);
          await endSessions(act.transaction, account.id);
          await endLocksOf(act.transaction, account.id, act.now.getTime(), group.id);
          await act.record({ action: 'member-remove', subject: account.login, group });
        } else if (role !== former.role) {
          await updateMembershipRole(act.transaction, former.id, role);
          if (!WIDER_ROLES[former.role].includes(role)) await endSessions(act.transaction, account.id);
          await act.record({ action: 'member-set', subject: account.login, group, target: role });
        }
      });
    },

    async addMember(groupName, member) {
      const address = parseAddress(member.address);
      assertRole(member.role);
      return acts.perform(async (act) => {
        const { transaction, now, record } = act;
        const group = await groupNamed(transaction, groupName);
        const known = await findAccount(transaction, address.address, address.addressKey);
        if (known) {
          if (await findMembership(transaction, group.id, known.id))
            throw new StorageError('already-exists', 'The account is a member of the group already.', {
              reason: 'member',
              subject: known.login,
            });
          await join(act, group, known, member.role);
          return { created: false };
        }
        const accountId = await insertPerson(transaction, now, {
          address,
          name: member.name ?? address.localPart,
          side: member.side ?? 'partner',
          state: 'invited',
          isAdministrator: false,
          language: member.language ?? 'fr',
        });
        await record({ action: 'account-add', subject: address.address });
        await enter(act, group, accountId, address.address, member.role);
        await sendInvitation(transaction, acts.parts, accountId, group.id);
        return { created: true };
      });
    },
  };
}

async function enter(
  act: Act,
  group: GroupRecord,
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

function assertRole(role: Role): void {
  assertOneOf('role', Object.keys(WIDER_ROLES), role);
}
