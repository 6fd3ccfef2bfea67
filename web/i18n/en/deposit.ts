import type { deposit as source } from '../fr/deposit.js';
import { createPlural } from '../plural.js';
import { depositScript } from './deposit-script.js';

const plural = createPlural('en-GB');

export const deposit: typeof source = {
  button: 'Deposit',
  files: 'Files',
  folder: 'A whole folder',
  newFolder: 'New folder',
  choose: {
    title: 'In which group do you deposit?',
    lead: 'Only its members will see your files. A mail will tell them.',
    noneTitle: 'No group to deposit in',
    none: 'Your role lets you read, not deposit. A manager can change it.',
  },
  page: {
    title: (place) => `Deposit in “${place}”`,
    lead: 'Choose one or more files. Each is checked byte by byte when it arrives.',
    files: 'Files to deposit',
    clash: 'If a file of that name is already there',
    clashes: { none: 'Change nothing', replace: 'Replace it', keepBoth: 'Keep both' },
    send: 'Deposit',
    done: (count) => `${plural(count, 'file deposited', 'files deposited')}.`,
    refused: 'These files were not deposited',
    refusal: (name, why) => `${name}: ${why}`,
    nothing: 'Choose a file first.',
    back: 'Back to the folder',
  },
  pending: {
    title: 'Deposits under way',
    short: 'Deposits',
    lead: (count) =>
      count === 0
        ? 'All you have sent has arrived.'
        : plural(
            count,
            'deposit is not finished. Nobody else sees it.',
            'deposits are not finished. Nobody else sees them.',
          ),
    file: 'File',
    progress: 'Progress',
    since: 'Begun',
    acts: 'Acts',
    of: (received, size) => `${received} of ${size}`,
    underWay: 'being sent',
    parked: (until) => `interrupted · will be erased: ${until}`,
    stale: 'interrupted · the file of that name has changed since, begin again',
    discard: 'Give up',
    discardOne: (name) => `Give up the deposit of ${name}`,
    howTitle: 'To go on with an interrupted deposit',
    how: 'Open the folder and deposit the same file again: it goes on where it stopped.',
    emptyTitle: 'No deposit under way',
    emptyText: 'An interrupted one waits here for a day: nothing is lost, you go on with it when you like.',
    toGroups: 'See my groups',
  },
  script: depositScript,
};
