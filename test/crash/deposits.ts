import type { CrashLabel } from '../../storage/crash-points.js';
import { GROUP_NAME } from '../support/appliance.js';
import { type Doors, type Operation, undone } from './operations.js';
import { VIEW } from './prepared.js';
import { addressOf, cutOff, goOnOverSftp, request } from './requests.js';
import { connectSftp } from './sftp-client.js';
import { digestOf, parked } from './views.js';

const G = `/${GROUP_NAME}`;
/** Two batches of frames and a piece of a third: some are on the disk while others are still to come. */
const BODY = Buffer.alloc(2_300_000, 'a whole deposit or none; ');

/** Over in a moment: nothing tells of it before it is there. */
const BRIEF_BODY = BODY.subarray(0, 100_000);

const FRAME_BYTES = 65_536;
const CUT_OFF_BYTES = 2_000_000;
/** All whole frames of them but the last. */
const PARKED_FRAMES = 29;

const UPLOAD_OPENED = ['upload-recorded', 'staging-created', 'chunk-taken'] as const;
const BLOB_STORED = [
  'frames-written',
  'content-sealed',
  'blob-synced',
  'blob-renamed',
  'blob-published',
] as const;
const UPLOAD_ENDED = ['upload-ended', 'upload-discarded'] as const;
export const DEPOSIT_IN_TRANSACTION = [
  'deposit-entry-written',
  'deposit-version-written',
  'deposit-settled',
  'deposit-recorded',
  'deposit-announced',
] as const;
const DEPOSIT_UNDONE = [...UPLOAD_OPENED, ...BLOB_STORED, ...DEPOSIT_IN_TRANSACTION] as const;
const BRIEF_OPENED = ['staging-created', 'chunk-taken'] as const;
/** What a small one passes before its transaction. */
export const BRIEF_DEPOSIT = [...BRIEF_OPENED, ...BLOB_STORED] as const;

const OTHER_DIGEST = { 'Repr-Digest': `sha-256=:${Buffer.alloc(32).toString('base64')}:` };

const putNew = (doors: Doors) => request(doors, 'PUT', `${G}/new.bin`, { body: BODY });

/** Killed as the whole daemon, which takes twice as long to start as its doors: at few of the steps. */
export const WHOLE_DAEMON_DEPOSIT = deposit('a new file over WebDAV', `${G}/new.bin`, BODY, putNew, [
  'frames-written',
  'blob-published',
  'deposit-announced',
]);

export const DEPOSITS: readonly Operation[] = [
  deposit('a new file over WebDAV', `${G}/new.bin`, BODY, putNew),
  briefDeposit('a small new file over WebDAV', `${G}/small.txt`, (doors) =>
    request(doors, 'PUT', `${G}/small.txt`, { body: BRIEF_BODY }),
  ),
  briefDeposit('a small new content over SFTP', `${G}/old.txt`, async (doors) => {
    const client = await connectSftp(addressOf(doors));
    try {
      await client.ask<void>((sftp, done) => sftp.writeFile(`${G}/old.txt`, BRIEF_BODY, done));
      return true;
    } finally {
      client.end();
    }
  }),
  {
    name: 'a small new file with another digest than announced',
    isRefused: true,
    act: (doors) => request(doors, 'PUT', `${G}/small.txt`, { body: BRIEF_BODY, headers: OTHER_DIGEST }),
    outcomes: [
      {
        ...undone([...BRIEF_OPENED, ...BLOB_STORED, 'staging-discarded']),
        tried: ['blob-published', 'staging-discarded'],
      },
      { labels: UPLOAD_ENDED, view: VIEW, lines: [`deposit refused ${G}/small.txt`] },
    ],
  },
  {
    name: 'an upload over SFTP that is cut off and gone on with',
    act: (doors) => goOnOverSftp(doors, `${G}/new.bin`, BODY, CUT_OFF_BYTES),
    outcomes: [
      { ...undone(['frames-written']), parked: { [`${G}/new.bin`]: parked(15 * FRAME_BYTES) } },
      {
        ...undone(['parking-synced']),
        parked: { [`${G}/new.bin`]: parked((PARKED_FRAMES - 1) * FRAME_BYTES) },
      },
      {
        ...undone(['upload-parked', 'upload-reopened']),
        parked: { [`${G}/new.bin`]: parked(PARKED_FRAMES * FRAME_BYTES) },
      },
      {
        labels: DEPOSIT_UNDONE,
        tried: ['deposit-announced'],
        view: VIEW,
        lines: [`deposit aborted ${G}/new.bin`],
      },
      {
        labels: ['deposit-committed'],
        view: { ...VIEW, [`${G}/new.bin`]: digestOf(BODY) },
        lines: [`deposit ok ${G}/new.bin`],
      },
    ],
  },
  {
    name: 'a deposit that is cut off',
    isRefused: true,
    act: (doors) => cutOff(doors, `${G}/new.bin`, BODY),
    outcomes: [
      {
        labels: [...UPLOAD_OPENED, 'frames-written', 'staging-discarded', 'upload-end-recorded'],
        tried: ['staging-discarded', 'upload-end-recorded'],
        view: VIEW,
        lines: [`deposit aborted ${G}/new.bin`],
      },
      { labels: UPLOAD_ENDED, view: VIEW, lines: [`deposit aborted ${G}/new.bin`] },
    ],
  },
  {
    name: 'a deposit with another digest than announced',
    isRefused: true,
    act: (doors) => request(doors, 'PUT', `${G}/new.bin`, { body: BODY, headers: OTHER_DIGEST }),
    outcomes: [
      {
        labels: [...UPLOAD_OPENED, ...BLOB_STORED, 'staging-discarded', 'upload-end-recorded'],
        tried: ['staging-discarded', 'upload-end-recorded'],
        view: VIEW,
        lines: [`deposit aborted ${G}/new.bin`],
      },
      { labels: UPLOAD_ENDED, view: VIEW, lines: [`deposit refused ${G}/new.bin`] },
    ],
  },
];

function deposit(
  name: string,
  path: string,
  body: Buffer,
  act: (doors: Doors) => Promise<boolean>,
  tried: readonly CrashLabel[] = DEPOSIT_UNDONE,
): Operation {
  return {
    name,
    act,
    outcomes: [
      { labels: DEPOSIT_UNDONE, tried, view: VIEW, lines: [`deposit aborted ${path}`] },
      {
        labels: ['deposit-committed'],
        view: { ...VIEW, [path]: digestOf(body) },
        lines: [`deposit ok ${path}`],
      },
    ],
    passages: { 'frames-written': [2] },
  };
}

function briefDeposit(name: string, path: string, act: (doors: Doors) => Promise<boolean>): Operation {
  return {
    name,
    act,
    outcomes: [
      undone([...BRIEF_OPENED, ...BLOB_STORED, ...DEPOSIT_IN_TRANSACTION]),
      {
        labels: ['deposit-committed'],
        view: { ...VIEW, [path]: digestOf(BRIEF_BODY) },
        lines: [`deposit ok ${path}`],
      },
    ],
  };
}
