import { sendInvitation } from '../accounts/invitations.js';
import { parseAddress } from '../accounts/logins.js';
import { insertPerson } from '../accounts/new-accounts.js';
import type { Administration } from '../administration.js';
import { StorageError } from '../errors.js';
import { type AccountRecord, findAccount } from '../metadata/accounts.js';
import { type GroupRecord, membersOfGroup } from '../metadata/groups.js';
import { findMembership } from '../metadata/memberships.js';
import { queueMail } from '../outbox-queue.js';
import { assertWithinLimits } from './account-limits.js';
import type { Act, Acts } from './acts.js';
import { accountNamed, groupNamed } from './lookups.js';
import { assertRole, enter, setRole } from './membership-changes.js';

type MemberActs = Pick<Administration, 'members' | 'setMember' | 'addMember'>;

/** Who belongs to a group, and as what. */
export function createMemberActs(acts: Acts): MemberActs {
  const { database, clock } = acts.parts;

  async function welcome(act: Act, group: GroupRecord, account: AccountRecord): Promise<void> {
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
        if (role !== null) assertWithinLimits(account, group.id, role);
        const isNew = await setRole(act, group, account, role);
        if (isNew) await welcome(act, group, account);
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
          assertWithinLimits(known, group.id, member.role);
          await enter(act, group, known.id, known.login, member.role);
          await welcome(act, group, known);
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
