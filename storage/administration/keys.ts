import { giveKey, keySummaryOf, takeKey } from '../accounts/account-keys.js';
import { parsePublicKeyLine } from '../accounts/ssh-keys.js';
import type { Administration } from '../administration.js';
import { keysOf } from '../metadata/credentials.js';
import type { Acts } from './acts.js';
import { accountNamed } from './lookups.js';

/** The SSH keys that let accounts in. */
export function createKeyActs(acts: Acts): Pick<Administration, 'addKey' | 'keys' | 'removeKey'> {
  const { database } = acts.parts;
  return {
    async addKey(who, publicKeyLine) {
      // A key is a way in: like a password, nobody on the pages gives one to another's account.
      acts.assertOperator();
      const key = parsePublicKeyLine(publicKeyLine);
      await acts.perform(async ({ transaction, now, record }) => {
        const { id, login } = await accountNamed(transaction, who);
        await giveKey(transaction, now, id, key);
        await record({ action: 'account-key-add', subject: login, target: key.fingerprint });
      });
      return { fingerprint: key.fingerprint };
    },

    async keys(who) {
      acts.assertLive();
      const { id } = await accountNamed(database.reader, who);
      return (await keysOf(database.reader, id)).map(keySummaryOf);
    },

    async removeKey(who, fingerprint) {
      await acts.perform(async ({ transaction, record }) => {
        const { id, login } = await accountNamed(transaction, who);
        await takeKey(transaction, id, fingerprint);
        await record({ action: 'account-key-remove', subject: login, target: fingerprint });
      });
    },
  };
}
