import type { notices as source } from '../fr/notices.js';

export const notices: typeof source = {
  'signed-out': () => 'You are signed out. See you soon.',
  'session-ended': () => 'Your session has ended. Sign in again to continue.',
  'password-chosen': () => 'Your password is saved. Welcome in.',
  'set-up': (subject) => `PEPS is ready for ${subject}. Create a first group.`,
  'group-created': (subject) => `The group “${subject}” exists. Add its members.`,
  'manifests-on': (subject: string) => `In “${subject}”, service accounts now deposit with a manifest.`,
  'manifests-off': (subject: string) => `In “${subject}”, service accounts now deposit without a manifest.`,
  'member-invited': (subject) => `${subject} is invited: an activation mail is on its way.`,
  'member-added': (subject) => `${subject} now belongs to the group; a mail tells them so.`,
  'role-changed': (subject) => `The role of ${subject} has changed.`,
  'member-removed': (subject) => `${subject} no longer belongs to the group.`,
  'account-suspended': (subject) => `The account of ${subject} is suspended. Its sessions are closed.`,
  'account-resumed': (subject) => `The account of ${subject} works again.`,
  'invitation-sent': (subject) =>
    `A new invitation is on its way to ${subject}. The former link no longer works.`,
  'person-invited': (subject) => `${subject} is invited: an activation mail is on its way.`,
  'mail-retried': (subject) => `The mail to ${subject} is being sent again.`,
  deposited: (subject) =>
    subject === '1' ? 'One file is deposited and verified.' : `${subject} files are deposited and verified.`,
  'password-changed': () => 'Your password is changed. Your other sessions are closed.',
  'session-revoked': () => 'That device is signed out.',
  'sessions-ended': () => 'All your other devices are signed out.',
  'key-added': (subject) => `The key ${subject} is added.`,
  'key-removed': (subject) => `The key ${subject} is removed.`,
  'text-published': (subject) => `The text “${subject}” is published.`,
  'nothing-chosen': () => 'First tick what you want.',
  'entries-removed': (subject) =>
    subject === '1' ? 'One item is deleted.' : `${subject} items are deleted.`,
  'entries-moved': (subject) =>
    subject === '1' ? 'One item is moved here.' : `${subject} items are moved here.`,
  'entries-copied': (subject) =>
    subject === '1' ? 'One item is copied here.' : `${subject} items are copied here.`,
  'nothing-new': () => 'There is nothing new to download.',
  'upload-discarded': (subject) => `The deposit of ${subject} is given up.`,
  'folder-made': (subject) => `The folder “${subject}” is made.`,
  'entry-renamed': (subject) => `Its name is now “${subject}”.`,
  'entry-moved': (subject) => `“${subject}” is moved here.`,
  'entry-copied': (subject) => `“${subject}” is copied here.`,
  'entry-removed': (subject) => `“${subject}” is deleted. You have 24 hours to change your mind.`,
  'entry-restored': (subject) => `“${subject}” is back in its place.`,
  'entries-restored': (subject) =>
    subject === '1' ? 'One entry is back in its place.' : `${subject} entries are back in their places.`,
};
