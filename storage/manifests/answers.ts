import { randomBytes } from 'node:crypto';
import { createSealedWriter } from '../blobs/sealed-writer.js';
import { crashPoint } from '../crash-points.js';
import type { Foundations } from '../foundations.js';
import { newId } from '../ids.js';
import { type BlobRecord, insertBlobs } from '../metadata/blobs.js';
import type { Transaction } from '../metadata/database.js';
import {
  type EntryRecord,
  endEntries,
  findNameHolder,
  insertEntries,
  updateEntry,
} from '../metadata/entries.js';
import { addUse } from '../metadata/space-usage.js';
import { endVersions, insertVersions } from '../metadata/versions.js';
import { answerNames } from '../names.js';

/** The text of an answer, sealed and in its place; nothing points at it yet. */
export interface AnswerText {
  readonly blob: BlobRecord;
  readonly sizeBytes: number;
  readonly sha256: string;
}

/** What is answered. */
export interface Answered {
  readonly spaceId: string;
  readonly folderId: string;
  readonly accountId: string;
  /** Of the manifest, or of the file that waits in vain. */
  readonly name: string;
}

/** Durable when it resolves; without a transaction that points at it the sweeper takes it away. */
export async function storeText(
  { blobs, masterKey, clock }: Pick<Foundations, 'blobs' | 'masterKey' | 'clock'>,
  text: string,
): Promise<AnswerText> {
  const key = randomBytes(32);
  const id = blobs.newId();
  const staged = await blobs.stage(id);
  const writer = createSealedWriter({ staged, blobId: id, key });
  try {
    await writer.write(Buffer.from(text), 0);
    const { sizeBytes, sha256 } = await writer.finish();
    await staged.publish();
    const wrapped = { wrapped_key: masterKey.wrap(key, id), key_id: masterKey.keyId };
    const blob = { id, ...wrapped, size_bytes: sizeBytes, stored_at: clock.now().getTime() };
    crashPoint('answer-stored');
    return { blob, sizeBytes, sha256 };
  } catch (error) {
    writer.end();
    await staged.discard();
    throw error;
  }
}

/** Puts one answer in place of whatever was answered before; without a text nothing stands answered. */
export async function answer(
  transaction: Transaction,
  answered: Answered,
  given: { readonly ok?: AnswerText; readonly ko?: AnswerText },
  at: Date,
): Promise<void> {
  const { blob } = given.ok ?? given.ko ?? {};
  if (blob) await insertBlobs(transaction, [blob]);
  const names = answerNames(answered.name);
  await setAnswer(transaction, answered, names.ok, given.ok, at);
  await setAnswer(transaction, answered, names.ko, given.ko, at);
}

/** What the account itself holds under the name of an answer is left as it is. Shares a blob that is there already. */
export async function setAnswer(
  transaction: Transaction,
  { spaceId, folderId, accountId }: Omit<Answered, 'name'>,
  name: string,
  text: AnswerText | undefined,
  at: Date,
): Promise<void> {
  const holder = await findNameHolder(transaction, folderId, name, accountId);
  if (holder && holder.state !== 'settled') return;
  const now = at.getTime();
  if (holder?.version_id) await endVersions(transaction, [holder.version_id], now);
  if (holder && !text) await endEntries(transaction, [holder.id], now);
  const growth = (text?.sizeBytes ?? 0) - (holder?.size_bytes ?? 0);
  if (growth !== 0) await addUse(transaction, spaceId, growth);
  if (!text) return;
  const versionId = newId(at);
  const entryId = holder?.id ?? newId(at);
  if (holder) await updateEntry(transaction, entryId, { versionId, modifiedAt: now });
  else
    await insertEntries(transaction, [
      {
        ...{ id: entryId, spaceId, parentId: folderId, kind: 'file', name, state: 'settled' },
        ...{ privateTo: accountId, ownerAccountId: accountId, versionId, at: now, modifiedAt: now },
      },
    ]);
  const { blob, sizeBytes, sha256 } = text;
  const content = { blobId: blob.id, sizeBytes, sha256, depositorAccountId: accountId } as const;
  const when = { door: 'system', depositedAt: now, modifiedAt: now } as const;
  await insertVersions(transaction, [{ id: versionId, entryId, ...content, ...when }]);
}

/** What was said of something that waits is over when it is sent anew, published, or leaves its name. */
export async function withdrawAnswer(
  transaction: Transaction,
  entry: Pick<EntryRecord, 'state' | 'space_id' | 'parent_id' | 'private_to' | 'name'>,
  at: Date,
): Promise<void> {
  if (entry.state !== 'held') return;
  const { space_id: spaceId, parent_id, private_to: accountId } = entry;
  const place = { spaceId, folderId: parent_id ?? '', accountId };
  await setAnswer(transaction, place, answerNames(entry.name).ko, undefined, at);
}
