import { assertLive } from './admission.js';
import type { Visit } from './foundations.js';
import type { VirtualPath } from './paths.js';
import { membershipFor } from './places.js';
import { refusalOf } from './policy.js';

/** Whether one's role lets one deposit in that directory. Nothing is deposited at the root. */
export async function mayDeposit(visit: Visit, directory: VirtualPath): Promise<boolean> {
  assertLive(visit);
  if (directory.segments.length === 0) return false;
  const { role, isArchived } = await membershipFor(visit, directory);
  return refusalOf(role, 'deposit', null, isArchived) === null;
}
