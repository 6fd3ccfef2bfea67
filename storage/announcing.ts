import type { Foundations } from './foundations.js';
import type { Transaction } from './metadata/database.js';
import { recipientsOf } from './metadata/memberships.js';
import { gatherMails, insertNotificationItems } from './metadata/outbox.js';
import { type Announcement, type NotificationPlan, planNotifications } from './notifications.js';

/** Tells the other members of deposits, in the deposits' own transaction. All announcements are of one group. */
export async function announce(
  transaction: Transaction,
  { quietWindow, clock }: Pick<Foundations, 'quietWindow' | 'clock'>,
  announcements: readonly Announcement[],
): Promise<void> {
  const groupId = announcements[0]?.groupId;
  if (groupId === undefined) return;
  const recipients = await recipientsOf(transaction, groupId);
  await writeNotifications(transaction, [
    planNotifications(announcements, recipients, quietWindow, clock.now()),
  ]);
}

/** Writes what was planned for any number of groups, two statements in all. */
export async function writeNotifications(
  transaction: Transaction,
  plans: readonly NotificationPlan[],
): Promise<void> {
  await insertNotificationItems(
    transaction,
    plans.flatMap((plan) => plan.items),
  );
  await gatherMails(
    transaction,
    plans.flatMap((plan) => plan.mails),
  );
}
