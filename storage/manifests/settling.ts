import { createHash } from 'node:crypto';
import { openContent } from '../content.js';
import { isStorageError } from '../errors.js';
import type { Foundations } from '../foundations.js';
import { type ActContext, actContext } from '../metadata/context.js';
import { type EntryRecord, findAncestry, findNameHolder } from '../metadata/entries.js';
import { findHeld, findManifest, type HeldRecord } from '../metadata/held.js';
import { insertManifest, isRead, manifestsNaming, waitingManifests } from '../metadata/manifests.js';
import { answerNames, isManifestName } from '../names.js';
import { type AnswerText, answer, storeText, withdrawAnswer } from './answers.js';
import { type Evaluation, evaluate } from './evaluation.js';
import { MAX_MANIFEST_BYTES, type ParsedManifest, parseManifest, unusable } from './parsing.js';
import { publishDelivery } from './publishing.js';

/** Somebody else may change what is evaluated before it is published. */
const ATTEMPTS = 3;

/**
 * Looks at what a held deposit or a rename may have completed: at the manifest that came, or at those that name the file. Never
 * throws: the deposit is durable, and the background job looks at everything again within a minute, and reports what fails.
 */
export async function settleAround(foundations: Foundations, entryId: string): Promise<void> {
  try {
    const [record] = await findHeld(foundations.database.reader, [entryId]);
    if (!record) return;
    if (!isManifestName(record.name)) await unsay(foundations, record);
    const ids = isManifestName(record.name) ? [record.id] : await manifestsAwaiting(foundations, record);
    for (const id of ids) {
      const manifest = await findManifest(foundations.database.reader, id);
      if (!manifest) continue;
      const look = foundations.awaited.begin(manifest.version_id);
      const evaluation = await settleManifest(foundations, manifest);
      foundations.awaited.end(manifest.version_id, look, evaluation && awaitedOf(evaluation));
    }
  } catch {
    return;
  }
}

/** Looks at every manifest that waits. @returns what was found of each, by its entry's id */
export async function settleAll(foundations: Foundations): Promise<ReadonlyMap<string, Evaluation>> {
  const found = new Map<string, Evaluation>();
  for (const manifest of await waitingManifests(foundations.database.reader)) {
    const evaluation = await settleManifest(foundations, manifest);
    if (evaluation) found.set(manifest.id, evaluation);
  }
  return found;
}

/**
 * Publishes all that a manifest names, or says what is wrong, or leaves it waiting. One that was answered goes on vouching for what it
 * names: a file sent a second time is published as long as all the others are still there. @returns how things stood
 */
export async function settleManifest(
  foundations: Foundations,
  manifest: HeldRecord,
): Promise<Evaluation | undefined> {
  const { reader } = foundations.database;
  const context = await actContext(reader, manifest.private_to, manifest.space_id);
  if (!context) return undefined;
  await readOnce(foundations, manifest);
  for (let attempt = 1; ; attempt++) {
    const now = foundations.clock.now().getTime();
    const evaluation = await evaluate(reader, manifest, context.group_id, now);
    try {
      const isComplete = evaluation.faults.length + evaluation.missing.length === 0;
      const waits = manifest.state === 'held';
      if (isComplete && (waits || evaluation.ready.length > 0))
        await publish(foundations, manifest, context, evaluation);
      else if (!isComplete && waits) await say(foundations, manifest, wordsAbout(evaluation, manifest));
      return evaluation;
    } catch (error) {
      if (!isStorageError(error, 'aborted')) throw error;
      const now = await findManifest(reader, manifest.id);
      // Another was quicker, or it was sent anew.
      const isSame = now?.version_id === manifest.version_id && now.state === manifest.state;
      if (attempt === ATTEMPTS || !isSame) return evaluation;
    }
  }
}

async function readOnce(foundations: Foundations, manifest: HeldRecord): Promise<void> {
  const { id: entryId, version_id: versionId, private_to: accountId } = manifest;
  if (await isRead(foundations.database.reader, versionId)) return;
  const parsed = await readLines(foundations, manifest);
  await foundations.database.write((transaction) =>
    insertManifest(transaction, { versionId, entryId, accountId, ...parsed }),
  );
}

async function readLines(foundations: Foundations, manifest: HeldRecord): Promise<ParsedManifest> {
  const sizeBytes = manifest.size_bytes ?? 0;
  if (sizeBytes > MAX_MANIFEST_BYTES) return unusable('the manifest is larger than 1 MiB');
  if (manifest.blob_id === null) return parseManifest(Buffer.alloc(0));
  const content = await openContent(foundations, manifest.blob_id);
  try {
    return parseManifest(await content.read({ start: 0, end: sizeBytes }));
  } finally {
    await content.close();
  }
}

async function publish(
  foundations: Foundations,
  manifest: HeldRecord,
  context: ActContext,
  evaluation: Evaluation,
): Promise<void> {
  const ok = manifest.state === 'held' ? await storeReceipt(foundations, evaluation) : undefined;
  try {
    await publishDelivery(foundations, { manifest, context, evaluation, ok });
  } catch (error) {
    if (ok && isStorageError(error)) await foundations.blobs.remove(ok.blob.id);
    throw error;
  }
}

function storeReceipt(foundations: Foundations, { ready, publishedCount }: Evaluation): Promise<AnswerText> {
  const at = foundations.clock.now().toISOString();
  const already = publishedCount === 0 ? '' : `${filesOf(publishedCount)} there already\n`;
  return storeText(foundations, `${filesOf(ready.length)} published at ${at}\n${already}`);
}

function filesOf(count: number): string {
  return count === 1 ? '1 file' : `${count} files`;
}

/** What is wrong, a line for each; what is only not there yet is wrong once it was told to be late. */
function wordsAbout({ faults, missing }: Evaluation, { told_at }: HeldRecord): string | undefined {
  const late = told_at === null ? [] : missing;
  const absent = late.map(({ number, path }) => ({ number, text: `${path}: not there` }));
  const lines = [...faults, ...absent].sort((one, other) => one.number - other.number);
  if (lines.length === 0) return undefined;
  return lines
    .map(({ number, text }) => `${number === 0 ? 'manifest' : `line ${number}`}: ${text}\n`)
    .join('');
}

/** Has what is said beside a manifest be this, or nothing. */
async function say(foundations: Foundations, manifest: HeldRecord, words: string | undefined): Promise<void> {
  const { database } = foundations;
  const { space_id: spaceId, parent_id, private_to: accountId, name } = manifest;
  const answered = { spaceId, folderId: parent_id ?? '', accountId, name };
  const { ok, ko } = answerNames(name);
  const saysOk = await said(foundations, answered, ok);
  const saysKo = await said(foundations, answered, ko);
  if (saysOk === undefined && saysKo === (words === undefined ? undefined : digestOf(words))) return;
  const text = words === undefined ? undefined : await storeText(foundations, words);
  const isSaid = await database.write(async (transaction) => {
    const [now] = await findHeld(transaction, [manifest.id]);
    if (now?.version_id !== manifest.version_id) return false;
    await answer(transaction, answered, text ? { ko: text } : {}, foundations.clock.now());
    return true;
  });
  if (!isSaid && text) await foundations.blobs.remove(text.blob.id);
}

/** The digest of an answer that stands there. */
async function said(
  { database }: Foundations,
  { folderId, accountId }: { readonly folderId: string; readonly accountId: string },
  name: string,
): Promise<string | undefined> {
  const holder = await findNameHolder(database.reader, folderId, name, accountId);
  return holder?.state === 'settled' ? (holder.sha256 ?? undefined) : undefined;
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** The manifests that name a file and may be complete, or wrong, with what it is now; first those that wait. */
async function manifestsAwaiting(foundations: Foundations, record: EntryRecord): Promise<string[]> {
  const { database, awaited } = foundations;
  const steps = await findAncestry(database.reader, record.parent_id ?? '');
  const below = new Map(
    steps.map((step, index) => [
      step.id,
      steps
        .slice(index + 1)
        .map(({ name }) => name)
        .join('/'),
    ]),
  );
  const lines = await manifestsNaming(database.reader, record.private_to, record.name);
  const concerned = lines.filter(
    ({ versionId, state, folderId, folder, name, sha256 }) =>
      name === record.name &&
      folder === below.get(folderId) &&
      (sha256 === record.sha256 ? awaited.mayMatter(versionId, inFolder(folder, name)) : state === 'held'),
  );
  const inOrder = concerned.sort((one, other) => one.state.localeCompare(other.state));
  return [...new Set(inOrder.map(({ entryId }) => entryId))];
}

/** Of what is not there the one in the middle: files come in the order of the lines, or in the opposite one. */
function awaitedOf({ faults, missing }: Evaluation): string | undefined {
  return faults.length > 0 ? undefined : missing[missing.length >> 1]?.path;
}

function inFolder(folder: string, name: string): string {
  return folder === '' ? name : `${folder}/${name}`;
}

/** What was said of a file that no manifest named is over when it is sent anew. */
async function unsay(foundations: Foundations, record: EntryRecord): Promise<void> {
  const place = { folderId: record.parent_id ?? '', accountId: record.private_to };
  const { ko } = answerNames(record.name);
  if ((await said(foundations, place, ko)) === undefined) return;
  await foundations.database.write((transaction) =>
    withdrawAnswer(transaction, record, foundations.clock.now()),
  );
}
