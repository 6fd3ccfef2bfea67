import type { portal as source } from '../fr/portal.js';
import { createPlural } from '../plural.js';

const plural = createPlural('en-GB');

export const portal: typeof source = {
  navigation: {
    home: 'Home',
    groups: 'Shared space',
    groupsShort: 'Groups',
    drive: 'Network drive',
    driveShort: 'Drive',
    administration: 'Administration',
  },
  home: {
    hello: (firstName) => `Hello ${firstName}`,
    lead: (day, files) =>
      files === 0
        ? `${day}. Nothing new since your last visit.`
        : `${day}. This is what your groups hand you.`,
    recent: 'Latest deposits',
    deposited: 'deposited',
    youDeposited: 'deposited',
    you: 'You',
    see: 'See',
    seeFile: (name) => `See ${name}`,
    cards: {
      deposit: { title: 'Deposit files', text: 'Choose the group: its members are told by mail.' },
      groups: { title: 'Shared space', text: 'The folders of your work groups.' },
      history: { title: 'Activity history', text: 'Who deposited, who picked up, and when.' },
      drive: { title: 'Network drive', text: 'Your groups in your file explorer.' },
    },
    noGroups: 'You belong to no group',
    noGroupsText: 'A manager can add you to a group; a mail will tell you.',
    noGroupsAdministrator: 'Administering gives no access to files: to see some, add yourself to a group.',
    toAdministration: 'Open administration',
  },
  news: {
    count: (files) => `: ${plural(files, 'new file', 'new files')}`,
    takeAll: (size) => `Download all · ${size}`,
    takeNew: (size) => `What is new · ${size}`,
    takeLabel: (shown, group, files) =>
      `${shown}, ${plural(files, 'new file', 'new files')} of ${group} (zip)`,
    others: (files) => plural(files, 'other new file', 'other new files'),
    archive: (group) => (group === undefined ? 'New files' : `${group} - new files`),
  },
  group: {
    isNew: 'New',
    heldBy: (name) => `Being edited by ${name}`,
    heldByYou: 'Being edited by you',
    holdsNew: (files) => `${files} new`,
    title: 'Shared space',
    lead: (count) => `${plural(count, 'group', 'groups')}. Everyone sees only their own.`,
    files: (count) => plural(count, 'file', 'files'),
    filesOrMore: (count) => `more than ${plural(count, 'file', 'files')}`,
    folders: (count) => plural(count, 'folder', 'folders'),
    empty: 'empty',
    lastDeposit: 'last deposit',
    name: 'Name',
    deposited: 'Deposited',
    size: 'Size',
    download: 'Download',
    downloadFolder: (name: string) => `Download the folder ${name} and what it holds (zip)`,
    downloadFile: (name, size) => `Download ${name}, ${size}`,
    folder: 'Folder',
    pending: 'deposit under way, only you see it',
    emptyTitle: 'Nothing to pick up, nothing waiting',
    emptyText: 'This folder is empty. A mail will tell you as soon as a file arrives.',
    range: (from, to, count) => `${from} to ${to} of ${count}`,
    sort: 'Sort by',
    used: (used, quota) => `${used} of ${quota}`,
  },
  file: {
    depositedBy: 'Deposited by',
    held: 'You can download it. Replacing, renaming or deleting it has to wait until it is closed.',
    heldByYou:
      'A program keeps it open for you. Replacing, renaming or deleting it has to wait until you have closed it.',
    depositedByYou: 'Deposited by you',
    download: (size) => `Download · ${size}`,
    seeFolder: 'See the folder',
    journey: 'The way of this file',
    verified: 'Verified',
    verifiedText: 'byte by byte, on arrival',
    toHandOver: 'To pick up',
    toHandOverYou: 'by you, above',
    toHandOverOthers: 'by the members of the other side',
    erased: 'Erased',
    erasedText: 'when a member erases it',
    fingerprint: 'SHA-256 fingerprint',
    fingerprintText: (name) =>
      `It identifies this file down to the byte. Compute it at home: the same fingerprint means exactly the file ${name} deposited.`,
    fingerprintYou:
      'It identifies this file down to the byte. Compute it at home: the same fingerprint means exactly the file you deposited.',
    copyFingerprint: 'Copy the fingerprint',
    kinds: {
      pdf: 'PDF document',
      sheet: 'spreadsheet',
      text: 'text',
      document: 'document',
      slides: 'slides',
      archive: 'archive',
      image: 'image',
      other: 'file',
    },
  },
};
