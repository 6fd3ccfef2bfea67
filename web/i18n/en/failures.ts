import type { failures as source } from '../fr/failures.js';

export const failures: typeof source = {
  reference: 'Reference to give when asking for help:',
  unauthenticated: { title: 'You are no longer signed in', text: 'Sign in again to continue.' },
  forbidden: {
    title: 'You may not do this',
    text: 'Your role in this group does not allow it. A manager of the group can change it.',
  },
  'not-found': {
    title: 'Nothing at this address',
    text: 'The page does not exist, the file was picked up and erased, or it lies in a group you do not belong to.',
  },
  'parent-missing': {
    title: 'This folder is gone',
    text: 'It was moved or erased meanwhile. Start again from your group.',
  },
  'already-exists': { title: 'This name is taken', text: 'Go back and choose another one.' },
  'is-a-directory': {
    title: 'This is a folder',
    text: 'Only a file can be downloaded. Open the folder to see what it holds.',
  },
  'not-a-directory': { title: 'This is a file', text: 'It holds nothing else. Start again from your group.' },
  'invalid-path': {
    title: 'This address is malformed',
    text: 'Take the whole link, or start again from the home page.',
  },
  'invalid-input': { title: 'A value does not fit', text: 'Go back and correct it. Nothing was changed.' },
  locked: {
    title: 'Somebody is working on it',
    text: 'This file is open on another computer. Try again once it is closed.',
  },
  'precondition-failed': {
    title: 'This changed meanwhile',
    text: 'Reload the page to see how things stand, then do it again if it still makes sense.',
  },
  'too-large': { title: 'This is too large', text: 'The form is longer than a page can take. Shorten it.' },
  'tree-size': {
    title: 'This is too much at once',
    text: 'This folder holds more than 10,000 files and folders. Take its folders one by one, or use the network drive.',
  },
  'no-space': {
    title: 'There is no room left',
    text: 'The quota of the group or the disk is full. Remove what is no longer needed, or tell a manager.',
  },
  throttled: { title: 'Too many requests at once', text: 'Wait a few minutes, then try again.' },
  unsupported: { title: 'PEPS cannot do this', text: 'Start again from the home page.' },
  unavailable: {
    title: 'PEPS is catching its breath',
    text: 'The service is busy for a moment. Try again in a minute: nothing is lost.',
  },
  gone: { title: 'This link no longer works', text: 'It was used, or its date has passed.' },
  corrupt: {
    title: 'This file is damaged',
    text: 'Its fingerprint no longer matches: PEPS refuses to hand it over. Tell the administrator and ask for a new deposit.',
  },
  aborted: { title: 'The exchange was cut off', text: 'Try again: nothing was changed.' },
  fault: {
    title: 'An error on our side',
    text: 'Try again. If it comes back, give the reference below when asking for help: it tells where to look.',
  },
  'unknown-host': { title: 'PEPS does not answer to this name', text: 'Use the address you were given.' },
  'method-not-allowed': {
    title: 'This page cannot be asked for like this',
    text: 'Start again from the home page.',
  },
  'cross-site': {
    title: 'Request refused',
    text: 'It did not come from a page of PEPS. Open PEPS yourself, then do it again.',
  },
  'bad-request': {
    title: 'This request makes no sense',
    text: 'The form or the address is malformed. Start again from the home page.',
  },
};
