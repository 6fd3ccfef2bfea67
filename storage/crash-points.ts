/**
 * The named steps of everything that changes what is stored, each with what a process that dies there leaves behind. The
 * tests of test/crash kill the daemon at every one of them and look at what the next start makes of it.
 */
export const CRASH_LABELS = {
  'upload-recorded': "The upload's row and its reservation; no bytes.",
  'staging-created': 'An empty staging file besides.',
  'chunk-taken': 'Some bytes are sealed, in memory or in the staging file.',
  'frames-written': 'Whole frames in the staging file, not synced.',
  'content-sealed': 'All frames up to the last one in the staging file, not synced.',
  'blob-synced': 'The whole staging file is durable, under its staging name.',
  'blob-renamed': 'It has its final name, which a power cut may still take back.',
  'blob-published': 'The blob is durable and in place; nothing points at it.',
  'deposit-entry-written': 'As before: the transaction holds the blob and the entry.',
  'deposit-version-written': 'As before: the transaction holds the version, too.',
  'deposit-settled': 'As before: reservation turned into use, upload row gone, all within the transaction.',
  'deposit-recorded': 'As before: the line of the history is in the transaction.',
  'deposit-announced': 'As before: so is the mail; nothing but COMMIT is missing.',
  'deposit-committed': 'The deposit, whole; its client has not heard of it.',
  'answer-stored': 'The text of an answer to a manifest; nothing points at it.',
  'delivery-published':
    'All files of a manifest still wait: the transaction holds them as published, and nothing of it is told.',
  'delivery-answered':
    'As before: history, mail and answer are in the transaction; nothing but COMMIT is missing.',
  'delivery-committed': 'All files of a manifest are published, recorded, announced and answered.',
  'late-told': 'Nothing: the transaction holds the answers and the mail about what waits for too long.',
  'late-committed': 'What waits for too long in one group is told of.',
  'staging-discarded': 'An upload on its way without its staging file: nothing was told yet.',
  'upload-end-recorded': 'As before: the transaction has ended it and holds the line about it.',
  'upload-ended':
    'The upload is gone, the line is there; a blob that was in place has nobody who points at it.',
  'upload-discarded': 'Nothing but the line.',
  'parking-synced':
    'The frames to keep are durable in the staging file; the row is still that of an open upload.',
  'upload-parked': 'A parked upload, whole.',
  'upload-reopened': 'An open upload again, with the frames it was parked with.',
  'parked-end-recorded':
    'A parked upload: the transaction has ended it and holds the line and the mails about it.',
  'parked-ended':
    'A staging file that nobody points at; the upload is gone, the line and the mails are there.',
  'parked-discarded': 'Nothing but the line and the mails.',
  'directory-inserted': 'Nothing: the transaction holds the folder.',
  'directory-committed': 'The folder; its client has not heard of it.',
  'tree-ended': 'All as it was: the transaction has taken every entry of the tree out of its folder.',
  'tree-recorded': 'All as it was: use, locks and history are in the transaction, too.',
  'tree-revived': 'All as it was: the transaction has put every entry of the tree back into its folder.',
  'restoration-recorded': 'All as it was: use and history are in the transaction, too.',
  'restoration-committed': 'The tree is back; its client has not heard of it.',
  'removal-committed': 'The tree is gone; its client has not heard of it.',
  'move-admitted': 'All as it was: the move has been checked, nothing is written.',
  'entry-renamed': 'All as it was: the transaction holds the new place.',
  'version-adopted': 'All as it was: the transaction gave the content its final name.',
  'tree-planted':
    'All as it was: the transaction holds the new entries of a copy or of a move into another group.',
  'relocation-recorded': 'All as it was: so is the history; nothing but COMMIT is missing.',
  'move-committed': 'All is at the new name; its client has not heard of it.',
  'copy-committed': 'The copy is there; its client has not heard of it.',
  'transfer-begun': 'An open transfer; no byte has left.',
  'transfer-ended': 'As before: the transaction has ended the open transfers of some readings.',
  'reading-recorded': 'The transfers have ended and the history says so.',
  'job-taken': "The job's next time is set; nothing of this run is done.",
  'versions-detached': 'All as it was: the transaction has forgotten which bytes expired versions had.',
  'keys-destroyed': 'The keys are gone for ever; files nobody can read any more.',
  'expired-blob-removed': 'As before, with one file less.',
  'orphan-removed': 'One blob less that nobody pointed at.',
  'placeholder-published': 'A placeholder: the transaction holds its state as a file.',
  'placeholder-announced': 'A placeholder: history and mail are in the transaction, too.',
  'placeholder-committed': 'An empty file, recorded and announced.',
  'unfinished-queued': 'Nothing: the transaction holds a mail about an unfinished file.',
  'unfinished-committed':
    'Everybody concerned will be told of one unfinished file; the run goes on with the next.',
  'job-run': "The job's work is done; that it came to its end is not noted.",
  'recovery-blob-removed': "An earlier process's upload row; its blob is gone.",
  'recovery-upload-ended': 'As before: the transaction has deleted the row and not yet written the line.',
  'recovery-upload-told': 'One upload less to be told of; its staging file is still there.',
  'recovery-download-told': 'One open transfer less to be told of.',
  'recovery-reservations-counted':
    'The reservations of what is parked and no others; staging files of nobody.',
  'recovery-staging-discarded': 'One staging file less.',
  'mails-leased': 'Mails under a lease of a worker that is dead.',
  'mail-delivered': 'As before; one of them has arrived.',
  'mail-marked': 'The mail is marked as sent.',
  'migration-step': 'The schema as it was before the migration: the transaction holds some of the new.',
  'migration-applied': 'As before: all of the new is in the transaction.',
  'migrations-committed': 'The new schema.',
} as const satisfies Record<string, string>;

export type CrashLabel = keyof typeof CRASH_LABELS;

/**
 * Marks a step, and does nothing. The tests' build puts another function in place of this file, one that kills its process
 * at the label it is told.
 */
export function crashPoint(_label: CrashLabel): void {}
