import {
  activateAccount,
  announcePasswordChange,
  endSessions,
  storePassword,
} from '../accounts/account-changes.js';
import { sendInvitation } from '../accounts/invitations.js';
import type { Administration } from '../administration.js';
import { StorageError } from '../errors.js';
import { updateAccount } from '../metadata/accounts.js';
import { endLocksOf } from '../metadata/locks.js';
import { membershipsOf } from '../metadata/memberships.js';
import type { Acts } from './acts.js';
import { accountNamed } from './lookups.js';
import { hashGivenPassword } from './new-passwords.js';

type AccountChanges = Pick<Administration, 'setPassword' | 'suspend' | 'resume' | 'resendInvitation'>;

/** What is done to an account that exists. */
export function createAccountChanges(acts: Acts): AccountChanges {
  const { database, clock, tokens } = acts.parts;
  return {
    async setPassword(who, password) {
      const { id, kind, login } = await accountNamed(database.reader, who);
      const secretHash = await hashGivenPassword(acts, password, kind === 'person' ? login : undefined);
      if (secretHash === null) return;
      await acts.perform(async ({ transaction, now, record }) => {
        const account = await accountNamed(transaction, login);
        await storePassword(transaction, now, id, secretHash);
        await endSessions(transaction, id);
        await tokens.revoke(transaction, 'password-reset', id);
        await tokens.revoke(transaction, 'invitation', id);
        if (account.state === 'invited') await activateAccount(transaction, now, account);
        await record({ action: 'account-password', subject: login });
        if (kind === 'person') await announcePasswordChange(transaction, clock, id);
      });
    },

    async suspend(who) {
      await acts.perform(async ({ transaction, now, record }) => {
        const { id, login, state } = await accountNamed(transaction, who);
        if (acts.actor !== 'operator' && acts.actor.account.id === id)
          throw new StorageError('precondition-failed', 'Nobody suspends an account while using it.', {
            reason: 'own-account',
          });
        if (state === 'suspended') return;
        await updateAccount(transaction, id, { state: 'suspended' });
        await endSessions(transaction, id);
        await endLocksOf(transaction, id, now.getTime());
        await record({ action: 'account-suspend', subject: login });
      });
    },

    async resume(who) {
      await acts.perform(async ({ transaction, record }) => {
        const { id, login, state, activatedAt } = await accountNamed(transaction, who);
        if (state !== 'suspended') return;
        await updateAccount(transaction, id, { state: activatedAt === null ? 'invited' : 'active' });
        await record({ action: 'account-resume', subject: login });
      });
    },

    async resendInvitation(who) {
      await acts.perform(async ({ transaction, record }) => {
        const { id, login, state } = await accountNamed(transaction, who);
        if (state !== 'invited')
          throw new StorageError('precondition-failed', 'The account waits for no invitation.', {
            reason: `account-${state}`,
          });
        const [group] = await membershipsOf(transaction, id);
        await sendInvitation(transaction, acts.parts, id, group?.groupId ?? null);
        await record({ action: 'invitation-send', subject: login });
      });
    },
  };
}
