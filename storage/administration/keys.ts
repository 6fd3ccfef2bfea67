import { endSessions } from '../accounts/account-changes.js';
import { keyTypeOf, parsePublicKeyLine } from '../accounts/ssh-keys.js';
import type { Administration } from '../administration.js';
import { StorageError } from '../errors.js';
import { newId } from '../ids.js';
import { deleteKey, findKey, insertKey, keysOf } from '../metadata/credentials.js';
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
        if (await findKey(transaction, id, key.fingerprint, key.publicKey))
          throw new StorageError('already-exists', 'The account has this key already.', { reason: 'key' });
        await insertKey(transaction, { id: newId(now), accountId: id, ...key, createdAt: now.getTime() });
        await record({ action: 'account-key-add', subject: login, target: key.fingerprint });
      });
      return { fingerprint: key.fingerprint };
    },

    async keys(who) {
      acts.assertLive();
      const { id } = await accountNamed(database.reader, who);
      return (await keysOf(database.reader, id)).map((key) => ({
        type: keyTypeOf(key.publicKey),
        fingerprint: key.fingerprint,
        label: key.label,
        createdAt: new Date(key.createdAt),
        lastUsedAt: key.lastUsedAt === null ? null : new Date(key.lastUsedAt),
      }));
    },

    async removeKey(who, fingerprint) {
      await acts.perform(async ({ transaction, record }) => {
        const { id, login } = await accountNamed(transaction, who);
        const key = (await keysOf(transaction, id)).find((one) => one.fingerprint === fingerprint);
        if (!key)
          throw new StorageError('not-found', 'The account has no key of that fingerprint.', {
            reason: 'key',
            subject: fingerprint,
          });
        await deleteKey(transaction, key.id);
        await endSessions(transaction, id);
        await record({ action: 'account-key-remove', subject: login, target: fingerprint });
      });
    },
  };
}
