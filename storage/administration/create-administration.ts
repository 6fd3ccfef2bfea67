import type { Administration } from '../administration.js';
import { createAccountChanges } from './account-changes.js';
import { createAccountLimits } from './account-limits.js';
import { createAccountActs } from './accounts.js';
import { type Actor, type AdministrationParts, createActs } from './acts.js';
import { createGroupActs } from './groups.js';
import { createHostKeyActs } from './host-keys.js';
import { createHouseTexts } from './house-texts.js';
import { createKeyActs } from './keys.js';
import { createLockActs } from './locks.js';
import { createMemberActs } from './members.js';
import { createReports } from './reports.js';
import { createTransferReports } from './transfers.js';

export type { Actor, AdministrationParts } from './acts.js';

/** Administration for one actor; whether he may is asked again in the transaction of each act. */
export function createAdministration(parts: AdministrationParts, actor: Actor): Administration {
  const acts = createActs(parts, actor);
  return {
    ...createAccountActs(acts),
    ...createAccountChanges(acts),
    ...createAccountLimits(acts),
    ...createKeyActs(acts),
    ...createHostKeyActs(acts),
    ...createGroupActs(acts),
    ...createMemberActs(acts),
    ...createReports(acts),
    ...createTransferReports(acts),
    ...createLockActs(acts),
    ...createHouseTexts(acts),
  };
}
