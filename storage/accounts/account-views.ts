import type { AccountRecord } from '../metadata/accounts.js';
import type { AccountView } from '../model.js';

/** The account as the doors may know it. */
export function accountViewOf(record: AccountRecord): AccountView {
  const { id, kind, login, name, side, state, isAdministrator, language } = record;
  return { id, kind, login, name, side, state, isAdministrator, language };
}
