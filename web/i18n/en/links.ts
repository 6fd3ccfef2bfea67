import type { links as source } from '../fr/links.js';
import { createPlural } from '../plural.js';

const plural = createPlural('en-GB');

export const links: typeof source = {
  signIn: {
    title: 'Sign in',
    headline: ['Your documents,', 'handed over in person.'],
    lead: 'Hello. Use the address at which you receive our mails.',
    submit: 'Sign in',
    forgotten: 'Forgotten password?',
    firstTitle: 'First visit?',
    first: 'Open the link in the mail “Activate your account”. It may be among unwanted mail.',
    refusedTitle: 'This address and this password do not go together.',
    refused: 'Check the capital letters, or ask for a new password.',
    throttledTitle: 'Too many attempts in a row.',
    throttled: (minutes) => `Try again in ${minutes}. Your password stays the same.`,
  },
  minutes: (count) => plural(count, 'minute', 'minutes'),
  forgotten: {
    title: 'Forgotten password',
    headline: ['It happens', 'to everyone.'],
    lead: 'Give your address: a link that works for one hour will be sent there.',
    submit: 'Receive a link',
    sentTitle: 'Look at your mail',
    sent: 'If this address has an active account, a link has just left. It works for one hour and only once. It may be among unwanted mail.',
    back: 'Back to sign-in',
  },
  reset: {
    title: 'New password',
    headline: ['A new key;', 'the old one is void.'],
    lead: (firstName) => `Hello ${firstName}. Choose a new password.`,
    submit: 'Save',
    again: 'Ask for a new link',
  },
  activation: {
    title: 'Complete your registration',
    headline: ['One password,', 'and the door is open.'],
    lead: (firstName) => `Welcome ${firstName}. Choose a password to open your account.`,
    submit: 'Confirm',
    again: 'Receive a new link',
    againNote: 'It goes to the address this invitation was sent to.',
    sentTitle: 'Look at your mail',
    sent: 'If your account still waits for its password, a new link has just left. It may be among unwanted mail.',
  },
  setUp: {
    title: 'Setting up',
    headline: ['The house is ready.', 'Open it.'],
    lead: 'This link works once. It creates the first administrator’s account.',
    submit: 'Set up',
  },
  used: {
    title: 'This link was used already',
    activation: 'Your account is open. Sign in with the password you chose.',
    reset: 'Your new password is saved. Sign in with it.',
  },
  expired: {
    title: 'This link no longer works',
    activation: 'Its date has passed. Your invitation is not lost: ask for a new link, it comes by mail.',
    reset: 'It worked for one hour only. Ask for a new one, it comes by mail.',
    setUp: 'It worked for one hour only. Restart PEPS: the console shows a new one.',
  },
  unknown: {
    title: 'This link is not complete',
    text: 'Open it again from the mail, all of it. If a newer mail has come, only its link counts.',
    setUp: 'Take the link shown on the console, all of it; each start shows a new one.',
  },
};
