import {
  type AdmittedDeposit,
  type DepositClaim,
  type DepositConditions,
  type Facts,
  foldersOf,
  inFolder,
  type Located,
  STALE,
  verdictOn,
} from './deposit-verdict.js';
import { StorageError } from './errors.js';
import type { Visit } from './foundations.js';
import { findChain } from './metadata/chains.js';
import type { Connection } from './metadata/database.js';
import { entriesWithLocks, type LockedEntry, standingsNow } from './metadata/deposit-facts.js';
import { nameKey } from './names.js';
import { lastSegment, type VirtualPath } from './paths.js';
import { membershipFor, viewerOf } from './places.js';

export type { AdmittedDeposit, DepositConditions };

/** Whether this account may deposit under this name now, and what holds the name. */
export async function admitDeposit(
  db: Connection,
  visit: Visit,
  path: VirtualPath,
  options: DepositConditions,
): Promise<AdmittedDeposit> {
  const [verdict] = await admitDeposits(db, [
    { visit, path, options, membership: await membershipFor(visit, path) },
  ]);
  if (verdict instanceof StorageError || !verdict) throw verdict;
  return verdict;
}

/**
 * Judges many claims by two statements, and one more for each folder whose ids are not remembered. A refusal is the verdict of
 * its own claim alone; anything else that goes wrong is thrown.
 */
export async function admitDeposits(
  db: Connection,
  claims: readonly DepositClaim[],
): Promise<readonly (AdmittedDeposit | StorageError)[]> {
  const located: Located[] = [];
  for (const claim of claims) located.push(await locate(db, claim));
  const facts = await lookAround(db, located);
  const verdicts: (AdmittedDeposit | StorageError)[] = [];
  for (const one of located) {
    const verdict = verdictOn(one, facts);
    verdicts.push(verdict === STALE ? await judgeAnew(db, one) : verdict);
  }
  return verdicts;
}

async function locate(db: Connection, claim: DepositClaim): Promise<Located> {
  const { visit, membership } = claim;
  const { rootEntryId } = membership;
  const names = foldersOf(claim);
  const hint = names.length === 0 ? [] : visit.folderHints.find(rootEntryId, names);
  if (hint) return { claim, folderIds: [rootEntryId, ...hint], isHint: names.length > 0 };
  const viewer = viewerOf(membership, visit.session.account.id);
  const { steps } = await findChain(db, rootEntryId, names, viewer);
  const folderIds = steps.map((step) => step.id);
  if (steps.length > names.length) visit.folderHints.note(rootEntryId, names, folderIds.slice(1));
  return { claim, folderIds, isHint: false };
}

async function judgeAnew(db: Connection, { claim }: Located): Promise<AdmittedDeposit | StorageError> {
  claim.visit.folderHints.forget(claim.membership.rootEntryId, foldersOf(claim));
  const located = await locate(db, claim);
  const verdict = verdictOn(located, await lookAround(db, [located]));
  if (verdict === STALE) throw new Error('A path just looked up does not lead where it leads.');
  return verdict;
}

async function lookAround(db: Connection, located: readonly Located[]): Promise<Facts> {
  const at = located[0]?.claim.visit.clock.now().getTime() ?? 0;
  const ids = [...new Set(located.flatMap(({ folderIds }) => folderIds))];
  const names = located.flatMap(({ claim, folderIds }) => {
    const parentId = folderIds.at(-1);
    return parentId === undefined ? [] : [{ parentId, nameKey: nameKey(lastSegment(claim.path)) }];
  });
  const entries = await entriesWithLocks(db, { ids, names }, at);
  const accountIds = [...new Set(located.map(({ claim }) => claim.visit.session.account.id))];
  const groupIds = [...new Set(located.map(({ claim }) => claim.membership.groupId))];
  const standings = await standingsNow(db, { accountIds, groupIds });
  const byName = new Map<string, LockedEntry[]>();
  for (const entry of entries) {
    const key = inFolder(entry.record.parent_id ?? '', nameKey(entry.record.name));
    byName.set(key, [...(byName.get(key) ?? []), entry]);
  }
  return { byId: new Map(entries.map((entry) => [entry.record.id, entry])), byName, standings };
}
