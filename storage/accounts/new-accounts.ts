import { StorageError } from '../errors.js';
import { newId } from '../ids.js';
import { findAccount, insertAccount, type NewAccount } from '../metadata/accounts.js';
import { insertMainAddress } from '../metadata/addresses.js';
import type { Transaction } from '../metadata/database.js';
import { markSetUp } from '../metadata/installation.js';
import type { Language, Side } from '../model.js';
import { type MailAddress, parseDisplayName } from './logins.js';

export interface PersonFacts {
  readonly address: MailAddress;
  readonly name: string;
  readonly side: Side;
  /** Active when a password comes with it, invited otherwise. */
  readonly state: 'active' | 'invited';
  readonly isAdministrator: boolean;
  readonly language: Language;
}

export interface ServiceFacts {
  /** As parseServiceLogin gives it. */
  readonly login: string;
  readonly name: string;
  readonly side: Side;
  /** The person who answers for it. */
  readonly owner: { readonly id: string; readonly language: Language };
}

/**
 * Adds a person with a main address; the first active administrator ends the set-up.
 * @returns the account's id. @throws already-exists (reason `account`), invalid-input (`name`, `side`, `language`)
 */
export async function insertPerson(
  transaction: Transaction,
  now: Date,
  person: PersonFacts,
): Promise<string> {
  const { address, addressKey } = person.address;
  const id = await insertNew(transaction, now, addressKey, {
    kind: 'person',
    login: address,
    name: person.name,
    side: person.side,
    state: person.state,
    isAdministrator: person.isAdministrator,
    language: person.language,
    ownerAccountId: null,
  });
  await insertMainAddress(transaction, { id: newId(now), accountId: id, address, addressKey });
  if (person.state === 'active' && person.isAdministrator) await markSetUp(transaction, now.getTime());
  return id;
}

/** Adds a service account, active at once. Returns and throws as insertPerson. */
export function insertService(transaction: Transaction, now: Date, service: ServiceFacts): Promise<string> {
  return insertNew(transaction, now, service.login, {
    kind: 'service',
    login: service.login,
    name: service.name,
    side: service.side,
    state: 'active',
    isAdministrator: false,
    language: service.owner.language,
    ownerAccountId: service.owner.id,
  });
}

async function insertNew(
  transaction: Transaction,
  now: Date,
  addressKey: string,
  account: Omit<NewAccount, 'id' | 'createdAt' | 'activatedAt'>,
): Promise<string> {
  assertOneOf('side', ['house', 'partner'], account.side);
  assertOneOf('language', ['fr', 'en'], account.language);
  const name = parseDisplayName(account.name);
  if (await findAccount(transaction, account.login, addressKey))
    throw new StorageError('already-exists', 'There is such an account already.', {
      reason: 'account',
      subject: account.login,
    });
  const id = newId(now);
  const activatedAt = account.state === 'active' ? now.getTime() : null;
  await insertAccount(transaction, { ...account, name, id, createdAt: now.getTime(), activatedAt });
  return id;
}

/** Values come from forms and command lines too. @throws invalid-input with the field as its reason */
export function assertOneOf(field: string, allowed: readonly string[], value: string): void {
  if (!allowed.includes(value))
    throw new StorageError('invalid-input', `Not one of ${allowed.join(', ')}.`, {
      reason: field,
      subject: value,
    });
}
