import type { Death } from './dying-build.js';

/** Where a process dies in what the daemon does on its own. What is passed once a job, an upload, a mail is tried again later on. */
const at = (label: Death['label'], ...passages: readonly number[]): Required<Death>[] =>
  (passages.length > 0 ? passages : [1]).map((passage) => ({ label, passage }));

/** A schema made from nothing. */
export const MIGRATION_DEATHS = [
  ...at('migration-step', 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17),
  ...at('migration-applied', 1, 2, 3, 4, 5, 6, 7, 8),
  ...at('migrations-committed'),
];

/** Three uploads, one of them to be gone on with, one with its blob in place, and a download, of a process that died. */
export const RECOVERY_DEATHS = [
  ...at('upload-parked'),
  ...at('recovery-blob-removed', 1, 2),
  ...at('recovery-upload-ended', 1, 2),
  ...at('recovery-upload-told', 1, 2),
  ...at('recovery-download-told'),
  ...at('recovery-reservations-counted'),
  ...at('recovery-staging-discarded'),
];

/**
 * Eight jobs; one placeholder, one unfinished file told to two people, one expired upload, one file that waits for a manifest in vain,
 * two expired versions, two orphans.
 */
export const SWEEPER_DEATHS = [
  ...at('job-taken', 1, 3, 8),
  ...at('placeholder-published'),
  ...at('placeholder-announced'),
  ...at('placeholder-committed'),
  ...at('unfinished-queued', 1, 2),
  ...at('unfinished-committed'),
  ...at('parked-end-recorded'),
  ...at('parked-ended'),
  ...at('parked-discarded'),
  ...at('answer-stored'),
  ...at('late-told'),
  ...at('late-committed'),
  ...at('versions-detached'),
  ...at('keys-destroyed'),
  ...at('expired-blob-removed', 1, 2),
  ...at('orphan-removed', 1, 2),
  ...at('job-run', 1, 2, 3, 4, 5, 6),
];

/** Three mails that are due. */
export const MAIL_DEATHS = [...at('mails-leased'), ...at('mail-delivered', 1, 3), ...at('mail-marked', 1, 3)];
