import type { Clock } from '../clock.js';
import type { Transaction } from '../metadata/database.js';
import { queueMail } from '../outbox-queue.js';
import type { Tokens } from './tokens.js';

/** Queues an invitation with a fresh link; former links of the account stop working. `groupId` is named in the mail. */
export async function sendInvitation(
  transaction: Transaction,
  parts: { readonly clock: Clock; readonly tokens: Tokens },
  accountId: string,
  groupId: string | null,
): Promise<void> {
  const { id } = await parts.tokens.issue(transaction, 'invitation', accountId);
  await queueMail(transaction, parts.clock, {
    accountId,
    ...(groupId !== null && { groupId }),
    template: 'invitation',
    props: { tokenId: id },
  });
}
