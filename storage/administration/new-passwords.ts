import { assertGoodPassword } from '../accounts/passwords.js';
import { readInstallation } from '../metadata/installation.js';
import type { Acts } from './acts.js';

/**
 * Hash of a password given at the console; null when none is given.
 * @throws forbidden for administrators on the pages, invalid-input (reason `password-…`)
 */
export async function hashGivenPassword(
  acts: Acts,
  password: string | undefined,
  address?: string,
): Promise<string | null> {
  if (password === undefined) return null;
  acts.assertOperator();
  const { houseName } = await readInstallation(acts.parts.database.reader);
  assertGoodPassword(password, { address, organisation: houseName });
  return acts.parts.passwords.hash(password);
}
