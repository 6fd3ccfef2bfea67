import { addressKeyOf, normalizeLogin } from '../accounts/logins.js';
import { StorageError } from '../errors.js';
import { type AccountRecord, findAccount } from '../metadata/accounts.js';
import type { Connection } from '../metadata/database.js';
import { findGroupByDirectoryKey, findGroupsByName, type GroupRecord } from '../metadata/groups.js';
import { nameKey } from '../names.js';

/** @throws not-found (reason `account`) */
export async function accountNamed(db: Connection, who: string): Promise<AccountRecord> {
  const login = normalizeLogin(who);
  const account = login === null ? undefined : await findAccount(db, login, addressKeyOf(login));
  if (account) return account;
  throw new StorageError('not-found', 'There is no such account.', { reason: 'account', subject: who });
}

/** By directory first, then by exact name. @throws not-found (reason `group`), invalid-input for a name that several have */
export async function groupNamed(db: Connection, group: string): Promise<GroupRecord> {
  const name = group.normalize('NFC').trim();
  const byDirectory = await findGroupByDirectoryKey(db, nameKey(name));
  if (byDirectory) return byDirectory;
  const [found, another] = await findGroupsByName(db, name);
  if (another)
    throw new StorageError('invalid-input', 'Several groups have that name: use the directory.', {
      reason: 'group-ambiguous',
      subject: group,
    });
  if (found) return found;
  throw new StorageError('not-found', 'There is no such group.', { reason: 'group', subject: group });
}
