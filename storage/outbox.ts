import { computeToken } from './accounts/tokens.js';
import { crashPoint } from './crash-points.js';
import type { Foundations } from './foundations.js';
import { type AccountRecord, findAccountById } from './metadata/accounts.js';
import { mainAddress } from './metadata/addresses.js';
import { findAncestry } from './metadata/entries.js';
import { type Membership, membershipsOf } from './metadata/memberships.js';
import {
  announcedVersions,
  attachItems,
  deleteMail,
  leaseDueMails,
  nextDue,
  type OutboxRecord,
  updateMail,
} from './metadata/outbox.js';
import { findToken } from './metadata/tokens.js';
import type { Language } from './model.js';
import { viewerOf } from './places.js';
import { shownName } from './policy.js';

export interface MailedFile {
  readonly entryId: string;
  readonly name: string;
  /** Folder inside the group, empty at its top. */
  readonly folder: string;
  readonly sizeBytes: number;
  /** As the recipient may know him: a name, or the house's name. */
  readonly depositor: string;
  readonly depositedAt: Date;
}

/** What waits for its manifest, or a manifest that waits for its files. */
export interface WaitingFile {
  /** With its folder inside the group. */
  readonly path: string;
  readonly depositor: string;
  readonly isManifest: boolean;
}

/** What a mail says, not how: templates turn it into words. Tokens are computed when it is claimed, never stored. */
export type MailIntent =
  | {
      readonly template: 'invitation';
      readonly groupName: string | null;
      readonly token: string;
      readonly expiresAt: Date;
    }
  | { readonly template: 'password-reset'; readonly token: string; readonly expiresAt: Date }
  | { readonly template: 'password-changed'; readonly changedAt: Date }
  | { readonly template: 'group-welcome'; readonly groupName: string; readonly directory: string }
  | {
      /** A file that stays under a temporary name: nobody else sees it. Told to its depositor and the group's managers. */
      readonly template: 'unfinished';
      readonly groupName: string;
      readonly directory: string;
      readonly fileName: string;
      readonly depositor: string;
      readonly since: Date;
    }
  | {
      /** An upload that was cut off and not gone on with: what had come is thrown away. Told to who sent it. */
      readonly template: 'upload-expired';
      readonly groupName: string;
      readonly directory: string;
      /** With its folder inside the group. */
      readonly fileName: string;
      readonly depositor: string;
      readonly since: Date;
      readonly receivedBytes: number;
    }
  | {
      /** Deposits of service accounts that wait for a manifest for more than an hour. Told to the group's managers. */
      readonly template: 'held';
      readonly groupName: string;
      readonly directory: string;
      /** At most 20; `omitted` counts the rest. */
      readonly files: readonly WaitingFile[];
      readonly omitted: number;
    }
  | {
      readonly template: 'group-deposits';
      readonly groupName: string;
      readonly directory: string;
      /** At most 50; `omitted` counts the rest. */
      readonly files: readonly MailedFile[];
      readonly omitted: number;
    };

export interface ClaimedMail {
  readonly id: string;
  /** The same on every attempt. */
  readonly messageId: string;
  /** Counts this attempt: 1 at first. */
  readonly attempt: number;
  readonly to: { readonly address: string; readonly name: string };
  readonly language: Language;
  readonly houseName: string;
  readonly intent: MailIntent;
}

/** Queued mail for the worker that sends it. At most one worker holds a mail until its lease ends. */
export interface Outbox {
  /** Mails whose time has come, oldest first, leased until then. What nobody should receive any more is dropped here. */
  claim(limit: number, leaseUntil: Date): Promise<ClaimedMail[]>;
  markSent(id: string): Promise<void>;
  /** `retryAt` null: given up, shown to administrators with the server's own words. */
  markFailed(id: string, error: string, retryAt: Date | null): Promise<void>;
  /** When the next mail is due, or null. */
  nextDueAt(): Promise<Date | null>;
}

const MAX_FILES_PER_MAIL = 50;
const COMPOSING_ATTEMPTS = 5;
const COMPOSING_RETRY_MS = 60_000;

/** The outbox over the database; `tokenKey` turns tokens' ids back into links, for the moment of sending alone. */
export function createOutbox(foundations: Foundations, tokenKey: Buffer): Outbox {
  const { database, clock } = foundations;

  async function fail(id: string, error: string, retryAt: Date | null): Promise<void> {
    const text = error.slice(0, 1000);
    const change = retryAt
      ? ({ state: 'waiting', error: text, due_at: retryAt.getTime(), lease_until: null } as const)
      : ({ state: 'failed', error: text, lease_until: null } as const);
    await database.write((transaction) => updateMail(transaction, id, change));
  }

  return {
    async claim(limit, leaseUntil) {
      const now = clock.now().getTime();
      const leased = await database.write(async (transaction) => {
        const rows = await leaseDueMails(transaction, now, limit, leaseUntil.getTime());
        // Only what was gathered before its first attempt is its own: a repeat says the same under the same Message-ID.
        for (const row of rows)
          if (row.collect_key !== null && row.attempts === 1)
            await attachItems(transaction, row.collect_key, row.id);
        return rows;
      });
      if (leased.length > 0) crashPoint('mails-leased');
      const composed: ClaimedMail[] = [];
      for (const row of leased) {
        try {
          const mail = await compose(foundations, tokenKey, row);
          if (mail) composed.push(mail);
          else await database.write((transaction) => deleteMail(transaction, row.id));
        } catch (error) {
          // One that cannot be put together keeps none of the others back, and a passing fault does not end it.
          const retryAt = row.attempts < COMPOSING_ATTEMPTS ? new Date(now + COMPOSING_RETRY_MS) : null;
          await fail(row.id, String(error), retryAt);
        }
      }
      return composed;
    },
    async markSent(id) {
      crashPoint('mail-delivered');
      const sent_at = clock.now().getTime();
      const change = { state: 'sent', sent_at, error: null, lease_until: null } as const;
      await database.write((transaction) => updateMail(transaction, id, change));
      crashPoint('mail-marked');
    },
    markFailed: fail,
    async nextDueAt() {
      const due = await nextDue(database.reader);
      return due === null ? null : new Date(due);
    },
  };
}

/** Null when nobody should receive it any more: account gone or suspended, member removed, link used, files deleted. */
async function compose(
  foundations: Foundations,
  tokenKey: Buffer,
  row: OutboxRecord,
): Promise<ClaimedMail | null> {
  const { reader } = foundations.database;
  const account = await findAccountById(reader, row.account_id);
  if (!account || account.state === 'suspended') return null;
  const address = await mainAddress(reader, account.id);
  if (address === null) return null;
  const intent = await intentOf(foundations, tokenKey, row, account);
  return (
    intent && {
      id: row.id,
      messageId: `<${row.id}@${MESSAGE_ID_DOMAIN}>`,
      attempt: row.attempts,
      to: { address, name: account.name },
      language: account.language,
      houseName: await foundations.houseName(),
      intent,
    }
  );
}

/** Right of the "@" in a Message-ID; a name that is nobody's (RFC 2606). */
const MESSAGE_ID_DOMAIN = 'peps.invalid';

async function intentOf(
  foundations: Foundations,
  tokenKey: Buffer,
  row: OutboxRecord,
  account: AccountRecord,
): Promise<MailIntent | null> {
  const props: Readonly<Record<string, string>> = JSON.parse(row.props);
  const membership = (await membershipsOf(foundations.database.reader, account.id)).find(
    (one) => one.groupId === row.group_id,
  );
  const group = membership && { groupName: membership.groupName, directory: membership.directory };
  switch (row.template) {
    case 'invitation':
    case 'password-reset': {
      const link = await linkOf(foundations, tokenKey, props.tokenId ?? '');
      if (!link) return null;
      if (row.template === 'password-reset') return { template: 'password-reset', ...link };
      return { template: 'invitation', groupName: group?.groupName ?? null, ...link };
    }
    case 'password-changed':
      return { template: 'password-changed', changedAt: new Date(row.created_at) };
    case 'group-welcome':
      return group ? { template: 'group-welcome', ...group } : null;
    case 'unfinished':
      return group ? { template: 'unfinished', ...group, ...depositOf(props) } : null;
    case 'upload-expired':
      return group
        ? {
            template: 'upload-expired',
            ...group,
            ...depositOf(props),
            receivedBytes: Number(props.receivedBytes),
          }
        : null;
    case 'held':
      return group ? { template: 'held', ...group, ...waitingOf(props) } : null;
    case 'group-deposits':
      return membership ? depositsOf(foundations, row, account, membership) : null;
    default:
      throw new Error(`No such template: ${row.template}`);
  }
}

/** Whose deposit of what did not come to its end, and when it began. */
function depositOf({ fileName = '', depositor = '', since }: Readonly<Record<string, string>>) {
  return { fileName, depositor, since: new Date(Number(since)) };
}

function waitingOf({ files = '[]', omitted }: Readonly<Record<string, string>>) {
  const read: readonly WaitingFile[] = JSON.parse(files);
  return { files: read, omitted: Number(omitted) };
}

async function linkOf(foundations: Foundations, tokenKey: Buffer, tokenId: string) {
  const token = await findToken(foundations.database.reader, tokenId);
  const now = foundations.clock.now().getTime();
  if (!token || token.used_at !== null || token.revoked_at !== null || token.expires_at <= now) return null;
  const { id, purpose, account_id: accountId, generation } = token;
  return {
    token: computeToken(tokenKey, { id, purpose, accountId, generation }),
    expiresAt: new Date(token.expires_at),
  };
}

async function depositsOf(
  foundations: Foundations,
  row: OutboxRecord,
  account: AccountRecord,
  membership: Membership,
): Promise<MailIntent | null> {
  const { reader } = foundations.database;
  const versions = await announcedVersions(reader, row.id, viewerOf(membership, account.id));
  if (versions.length === 0) return null;
  const houseName = await foundations.houseName();
  const viewer = { side: account.side, showsHousePeople: membership.showsHousePeople };
  const files: MailedFile[] = [];
  for (const version of versions.slice(0, MAX_FILES_PER_MAIL)) {
    const steps = await findAncestry(reader, version.entry_id);
    const depositor = { name: version.depositor_name, side: version.depositor_side };
    files.push({
      entryId: version.entry_id,
      name: steps.at(-1)?.name ?? '',
      folder: steps
        .slice(1, -1)
        .map((step) => step.name)
        .join('/'),
      sizeBytes: version.size_bytes,
      depositor: shownName(depositor, viewer, houseName),
      depositedAt: new Date(version.deposited_at),
    });
  }
  return {
    template: 'group-deposits',
    groupName: membership.groupName,
    directory: membership.directory,
    files,
    omitted: versions.length - files.length,
  };
}
