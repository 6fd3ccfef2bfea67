import { newId } from './ids.js';
import type { NewOutboxRecord } from './metadata/outbox.js';
import type { Role } from './model.js';
import { isVisible, type Visibility } from './policy.js';

export interface Recipient {
  readonly accountId: string;
  readonly role: Role;
}

/** A deposit to tell about, as it stands after publication. */
export interface Announcement {
  readonly groupId: string;
  readonly versionId: string;
  readonly depositorAccountId: string;
  readonly entry: Visibility;
}

export interface QuietWindow {
  /** A group mail leaves this long after the last deposit… */
  readonly quietSeconds: number;
  /** …but no later than this after the first. */
  readonly latestSeconds: number;
}

export interface NotificationPlan {
  readonly items: readonly { id: string; collect_key: string; version_id: string; created_at: number }[];
  readonly mails: readonly NewOutboxRecord[];
}

/**
 * Who hears of deposits, and when: one item per other member who may see the file, gathered into one mail per member and group.
 * `recipients` are the group's active people. Pure: the caller writes the plan in the deposit's own transaction.
 */
export function planNotifications(
  announcements: readonly Announcement[],
  recipients: readonly Recipient[],
  window: QuietWindow,
  now: Date,
): NotificationPlan {
  const at = now.getTime();
  const told = announcements.flatMap((announcement) =>
    recipients
      .filter((recipient) => isTold(announcement, recipient))
      .map((recipient) => ({
        announcement,
        recipient,
        key: `${recipient.accountId}/${announcement.groupId}`,
      })),
  );
  const mails = new Map(
    told.map(({ announcement, recipient, key }) => [
      key,
      {
        id: newId(now),
        account_id: recipient.accountId,
        group_id: announcement.groupId,
        template: 'group-deposits',
        props: '{}',
        collect_key: key,
        created_at: at,
        due_at: at + window.quietSeconds * 1000,
        latest_at: at + Math.max(window.quietSeconds, window.latestSeconds) * 1000,
      },
    ]),
  );
  const items = told.map(({ announcement, key }) => ({
    id: newId(now),
    collect_key: key,
    version_id: announcement.versionId,
    created_at: at,
  }));
  return { items, mails: [...mails.values()] };
}

function isTold(announcement: Announcement, recipient: Recipient): boolean {
  return (
    recipient.accountId !== announcement.depositorAccountId &&
    announcement.entry.state === 'published' &&
    announcement.entry.privateTo === '' &&
    isVisible(announcement.entry, recipient.accountId, recipient.role)
  );
}
