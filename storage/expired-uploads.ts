import type { Foundations } from './foundations.js';
import { idFrom } from './ids.js';
import { findAccountById } from './metadata/accounts.js';
import { type ActContext, actContext } from './metadata/context.js';
import type { Transaction } from './metadata/database.js';
import { findAncestry, findOwnNameHolder } from './metadata/entries.js';
import { recipientsOf } from './metadata/memberships.js';
import { expiredUploads, type UploadRecord } from './metadata/uploads.js';
import { queueMail } from './outbox-queue.js';
import { endParked } from './pending-uploads.js';
import { shownName } from './policy.js';

/** Throws away what was parked for a day and nobody went on with; its sender is told, at most `limit` uploads a call. */
export async function expireUploads(foundations: Foundations, limit: number): Promise<void> {
  const { database, clock } = foundations;
  for (const upload of await expiredUploads(database.reader, clock.now().getTime(), limit)) {
    const tell = await letterFor(foundations, upload);
    await endParked(foundations, upload, { outcome: 'aborted', reason: 'expired', also: tell });
  }
}

/** What queues its mails, in the transaction that ends it. */
async function letterFor(
  foundations: Foundations,
  upload: UploadRecord,
): Promise<(transaction: Transaction) => Promise<void>> {
  const { database, clock } = foundations;
  const context = await actContext(database.reader, upload.account_id, upload.space_id);
  if (!context || (await cameAnotherWay(foundations, upload))) return async () => {};
  const folders = (await findAncestry(database.reader, upload.parent_id)).slice(1);
  const props = {
    fileName: [...folders.map((step) => step.name), upload.name].join('/'),
    depositor: await depositorShown(foundations, context),
    since: String(upload.created_at),
    receivedBytes: String(upload.received_bytes),
  };
  return async (transaction) => {
    for (const accountId of await whomToTell(transaction, upload, context.group_id))
      await queueMail(transaction, clock, {
        id: idFrom('upload-expired', upload.id, accountId),
        accountId,
        groupId: context.group_id,
        template: 'upload-expired',
        props,
      });
  };
}

/** Its sender, who for a service account is who answers for it; the managers where that is nobody who may see the group. */
async function whomToTell(
  transaction: Transaction,
  upload: UploadRecord,
  groupId: string,
): Promise<string[]> {
  const account = await findAccountById(transaction, upload.account_id);
  const sender = account?.kind === 'service' ? account.ownerAccountId : upload.account_id;
  const members = await recipientsOf(transaction, groupId);
  const told = members.filter((member) => member.accountId === sender);
  const managers = members.filter((member) => member.role === 'manager');
  return (told.length > 0 ? told : managers).map((member) => member.accountId);
}

/** The sender gave up on this try and deposited the file whole since it began: nothing is missing. */
async function cameAnotherWay({ database }: Foundations, upload: UploadRecord): Promise<boolean> {
  const holder = await findOwnNameHolder(database.reader, upload.parent_id, upload.name, upload.account_id);
  return holder?.depositor_account_id === upload.account_id && (holder.deposited_at ?? 0) > upload.created_at;
}

/** Managers may be of either side: what partners may read of a name is for all. */
async function depositorShown(foundations: Foundations, { name, side }: ActContext): Promise<string> {
  const partner = { side: 'partner', showsHousePeople: false } as const;
  return shownName({ name, side }, partner, await foundations.houseName());
}
