import type { Clock } from './clock.js';
import { newId } from './ids.js';
import type { Transaction } from './metadata/database.js';
import { insertMail } from './metadata/outbox.js';

export interface QueuedMail {
  /** Of a mail that must not be queued twice, whoever asks again; made anew otherwise. */
  readonly id?: string;
  readonly accountId: string;
  readonly groupId?: string;
  readonly template:
    | 'invitation'
    | 'password-reset'
    | 'password-changed'
    | 'group-welcome'
    | 'unfinished'
    | 'upload-expired'
    | 'held';
  /** Facts the template needs; a token only as `tokenId`. */
  readonly props: Readonly<Record<string, string>>;
}

/** Promises one mail to one account, in the transaction that gives the reason for it. It is due at once. */
export async function queueMail(transaction: Transaction, clock: Clock, mail: QueuedMail): Promise<void> {
  const now = clock.now();
  await insertMail(transaction, {
    id: mail.id ?? newId(now),
    account_id: mail.accountId,
    group_id: mail.groupId ?? null,
    template: mail.template,
    props: JSON.stringify(mail.props),
    collect_key: null,
    created_at: now.getTime(),
    due_at: now.getTime(),
    latest_at: now.getTime(),
  });
}
