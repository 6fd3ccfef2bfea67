import type { entryActs as source } from '../fr/entry-acts.js';

export const entryActs: typeof source = {
  otherActs: 'More',
  menuTitle: (name) => `What to do with “${name}”?`,
  menuLead: 'Each act is written in the history of the group.',
  details: 'See the page of the file',
  open: 'Open the folder',
  downloadFolder: 'Download the folder (zip)',
  download: 'Download',
  name: 'Name',
  newFolder: {
    short: 'New folder',
    title: (place) => `New folder in “${place}”`,
    lead: 'The members of the group will see it at once.',
    submit: 'Create the folder',
  },
  rename: {
    short: 'Rename',
    title: (name) => `Rename “${name}”`,
    lead: 'Links already sent by mail still lead here.',
    submit: 'Rename',
  },
  move: {
    short: 'Move',
    title: (name) => `Move “${name}”`,
    submit: (place) => `Move into “${place}”`,
  },
  copy: {
    short: 'Copy',
    title: (name) => `Copy “${name}”`,
    submit: (place) => `Copy into “${place}”`,
  },
  choose: (place) => `You are in “${place}”. Open another folder, or stay here.`,
  chooseRoot: 'Choose a group first.',
  folders: 'Folders',
  noFolders: 'There is no folder here.',
  up: 'Up',
  remove: {
    short: 'Delete',
    title: (name) => `Delete “${name}”?`,
    file: 'It goes from every list, for all members. You can restore it for 24 hours.',
    folder:
      'The folder and all it holds go from every list, for all members. You can restore them for 24 hours.',
    submit: 'Delete',
  },
};
