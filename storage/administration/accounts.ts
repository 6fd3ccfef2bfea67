import { storePassword } from '../accounts/account-changes.js';
import { readNetworks } from '../accounts/account-limits.js';
import { sendInvitation } from '../accounts/invitations.js';
import { parseAddress, parseServiceLogin } from '../accounts/logins.js';
import { insertPerson, insertService } from '../accounts/new-accounts.js';
import type { AccountSummary, Administration } from '../administration.js';
import { StorageError } from '../errors.js';
import { type AccountListing, listAccounts } from '../metadata/accounts.js';
import type { Acts } from './acts.js';
import { accountNamed } from './lookups.js';
import { hashGivenPassword } from './new-passwords.js';

type AccountActs = Pick<Administration, 'createPerson' | 'createService' | 'accounts' | 'account'>;

/** New accounts and the list of them. */
export function createAccountActs(acts: Acts): AccountActs {
  const { database } = acts.parts;

  async function summary(id: string): Promise<AccountSummary> {
    const [account] = await listAccounts(database.reader, id);
    if (account) return summaryOf(account);
    throw new StorageError('not-found', 'There is no such account.', { reason: 'account' });
  }

  return {
    async createPerson(person) {
      const address = parseAddress(person.address);
      const secretHash = await hashGivenPassword(acts, person.password, address.address);
      const id = await acts.perform(async ({ transaction, now, record }) => {
        const accountId = await insertPerson(transaction, now, {
          address,
          name: person.name,
          side: person.side,
          state: secretHash === null ? 'invited' : 'active',
          isAdministrator: person.isAdministrator ?? false,
          language: person.language ?? 'fr',
        });
        await record({ action: 'account-add', subject: address.address });
        if (secretHash === null) await sendInvitation(transaction, acts.parts, accountId, null);
        else await storePassword(transaction, now, accountId, secretHash);
        return accountId;
      });
      return summary(id);
    },

    async createService(service) {
      const login = parseServiceLogin(service.login);
      const secretHash = await hashGivenPassword(acts, service.password);
      const id = await acts.perform(async ({ transaction, now, record }) => {
        const owner = await accountNamed(transaction, service.owner);
        if (owner.kind !== 'person')
          throw new StorageError('invalid-input', 'A person answers for a service account.', {
            reason: 'owner',
            subject: service.owner,
          });
        const { name, side } = service;
        const accountId = await insertService(transaction, now, { login, name, side, owner });
        await record({ action: 'account-add', subject: login });
        if (secretHash !== null) await storePassword(transaction, now, accountId, secretHash);
        return accountId;
      });
      return summary(id);
    },

    async accounts() {
      acts.assertLive();
      return (await listAccounts(database.reader)).map(summaryOf);
    },

    async account(who) {
      acts.assertLive();
      return summary((await accountNamed(database.reader, who)).id);
    },
  };
}

export function summaryOf(account: AccountListing): AccountSummary {
  const { id, kind, login, name, side, state, isAdministrator, language } = account;
  return {
    ...{ id, kind, login, name, side, state, isAdministrator, language },
    owner: account.ownerLogin,
    createdAt: new Date(account.createdAt),
    lastSignInAt: account.lastSignInAt === null ? null : new Date(account.lastSignInAt),
    groupCount: account.groupCount,
    limits: limitsOf(account),
  };
}

function limitsOf({ keysOnly, networks, onlyGroup, onlyRole }: AccountListing): AccountSummary['limits'] {
  return {
    keysOnly,
    networks: networks === null ? null : readNetworks(networks),
    membership: onlyGroup === null || onlyRole === null ? null : { group: onlyGroup, role: onlyRole },
  };
}
