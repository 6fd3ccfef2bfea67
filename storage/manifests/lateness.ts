import { crashPoint } from '../crash-points.js';
import type { Foundations } from '../foundations.js';
import { idFrom } from '../ids.js';
import { findAccountById } from '../metadata/accounts.js';
import { insertBlobs } from '../metadata/blobs.js';
import { type ActContext, actContext } from '../metadata/context.js';
import type { Transaction } from '../metadata/database.js';
import { findAncestry } from '../metadata/entries.js';
import { endManifests } from '../metadata/groups.js';
import { findHeld, type HeldRecord, lateHeld, noteTold } from '../metadata/held.js';
import { recipientsOf } from '../metadata/memberships.js';
import { answerNames, isManifestName } from '../names.js';
import { queueMail } from '../outbox-queue.js';
import { shownName } from '../policy.js';
import { setAnswer, storeText } from './answers.js';
import type { Evaluation } from './evaluation.js';
import { settleAll, settleManifest } from './settling.js';

const WAITS_MS = 60 * 60 * 1000;
const LONE_WORDS = 'no manifest names this file 60 minutes after its deposit\n';
const MAX_NAMES_IN_MAIL = 20;

type Evaluations = ReadonlyMap<string, Evaluation>;

/**
 * The background job: publishes what is complete, whatever kept it from being noticed, then tells of what waits for more than an
 * hour. Of each group at most `limit` files are told of in one run, in one mail; the next run goes on.
 */
export async function settleWaiting(foundations: Foundations, limit: number): Promise<void> {
  const evaluations = await settleAll(foundations);
  for (const late of await lateBySpace(foundations, evaluations, limit)) {
    await tellOf(foundations, late);
    const manifests = late.filter(({ name }) => isManifestName(name)).map(({ id }) => id);
    for (const manifest of await findHeld(foundations.database.reader, manifests))
      await settleManifest(foundations, manifest);
  }
  await foundations.database.write(endManifests);
}

/** What waits for too long and was not told of: manifests, and files that no waiting manifest names. */
async function lateBySpace(
  { database, clock }: Foundations,
  evaluations: Evaluations,
  limit: number,
): Promise<HeldRecord[][]> {
  const named = new Set([...evaluations.values()].flatMap(({ heldIds }) => heldIds));
  const by = clock.now().getTime() - WAITS_MS;
  const spaces = new Map<string, HeldRecord[]>();
  let afterId = '';
  for (;;) {
    const page = await lateHeld(database.reader, by, { afterId, limit });
    for (const record of page.filter(({ id }) => !named.has(id))) {
      const late = spaces.get(record.space_id) ?? [];
      if (late.length < limit) late.push(record);
      spaces.set(record.space_id, late);
    }
    const last = page.at(-1);
    if (!last || page.length < limit) return [...spaces.values()];
    afterId = last.id;
  }
}

/** One transaction for a group: the answers beside lone files, the mail, and the note that makes both happen once. */
async function tellOf(foundations: Foundations, late: readonly HeldRecord[]): Promise<void> {
  const { database, clock } = foundations;
  const words = late.every(({ name }) => isManifestName(name))
    ? undefined
    : await storeText(foundations, LONE_WORDS);
  const letter = await letterAbout(foundations, late);
  const isTold = await database.write(async (transaction) => {
    const now = clock.now();
    const waiting = await stillWaiting(transaction, late);
    if (waiting.length < late.length || !letter) return false;
    if (words) await insertBlobs(transaction, [words.blob]);
    for (const { name, space_id: spaceId, parent_id, private_to: accountId } of waiting) {
      const place = { spaceId, folderId: parent_id ?? '', accountId };
      if (!isManifestName(name)) await setAnswer(transaction, place, answerNames(name).ko, words, now);
    }
    await noteTold(
      transaction,
      waiting.map((record) => record.version_id),
      now.getTime(),
    );
    await letter(transaction);
    crashPoint('late-told');
    return true;
  });
  // What changed meanwhile is looked at in the next run.
  if (!isTold && words) await foundations.blobs.remove(words.blob.id);
  crashPoint('late-committed');
}

/** Those that nobody published, took away or sent anew since they were found. */
async function stillWaiting(transaction: Transaction, late: readonly HeldRecord[]): Promise<HeldRecord[]> {
  const now = await findHeld(
    transaction,
    late.map(({ id }) => id),
  );
  const versions = new Set(late.map((record) => record.version_id));
  return now.filter((record) => record.told_at === null && versions.has(record.version_id));
}

/** What queues the mails about them; undefined for a group that is not there. */
async function letterAbout(foundations: Foundations, late: readonly HeldRecord[]) {
  const { database, clock } = foundations;
  const [first] = late;
  const context = first && (await actContext(database.reader, first.private_to, first.space_id));
  if (!first || !context) return undefined;
  const files = [];
  for (const record of late.slice(0, MAX_NAMES_IN_MAIL)) files.push(await namedIn(foundations, record));
  files.sort((one, other) => (one.path < other.path ? -1 : 1));
  const props = { files: JSON.stringify(files), omitted: String(late.length - files.length) };
  return async (transaction: Transaction) => {
    for (const accountId of await whomToTell(transaction, context))
      await queueMail(transaction, clock, {
        id: idFrom('held', first.version_id, accountId),
        accountId,
        groupId: context.group_id,
        template: 'held',
        props,
      });
  };
}

/** A file as managers read of it, who may be of either side. */
async function namedIn(foundations: Foundations, record: HeldRecord) {
  const { reader } = foundations.database;
  const folders = (await findAncestry(reader, record.parent_id ?? '')).slice(1);
  const by = await actContext(reader, record.private_to, record.space_id);
  const partner = { side: 'partner', showsHousePeople: false } as const;
  const depositor = by ? shownName(by, partner, await foundations.houseName()) : '';
  const path = [...folders.map((step) => step.name), record.name].join('/');
  return { path, depositor, isManifest: isManifestName(record.name) };
}

/** The managers; where there are none who answers for the account, if he is a member. */
async function whomToTell(transaction: Transaction, context: ActContext): Promise<string[]> {
  const members = await recipientsOf(transaction, context.group_id);
  const managers = members.filter(({ role }) => role === 'manager');
  if (managers.length > 0) return managers.map(({ accountId }) => accountId);
  const account = await findAccountById(transaction, context.account_id);
  return members
    .filter(({ accountId }) => accountId === account?.ownerAccountId)
    .map(({ accountId }) => accountId);
}
