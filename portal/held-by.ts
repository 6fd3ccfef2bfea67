import type { LockHolder } from '../storage/index.js';
import type { MemberVisit } from '../web/routes.js';

/** That somebody works on it, in words. */
export function heldBy({ words }: MemberVisit, { isOneself, person }: LockHolder): string {
  const { group } = words.portal;
  return isOneself ? group.heldByYou : group.heldBy(person.name);
}
