import type { ClaimedMail, Language, MailIntent } from '../../../storage/index.js';

export const SETTINGS = {
  from: 'PEPS <peps@caf.example.org>',
  publicUrl: new URL('https://peps.example.org'),
  timeZone: 'Europe/Paris',
};

export const NOW = new Date('2026-06-30T07:12:00Z');
const EXPIRES_AT = new Date('2026-07-07T07:12:00Z');

/** A file of a mail, and what differs from it. */
export function mailedFile(
  change: Partial<Extract<MailIntent, { template: 'group-deposits' }>['files'][number]> = {},
) {
  return {
    entryId: '01978f4e-0000-7000-8000-00000000000a',
    name: 'Droits ouverts juin 2026.xlsx',
    folder: '',
    sizeBytes: 248_000,
    depositor: 'Claire Moreau',
    depositedAt: NOW,
    ...change,
  };
}

/** One intent of every template. A template without one does not compile. */
export const INTENTS: {
  readonly [Template in MailIntent['template']]: Extract<MailIntent, { template: Template }>;
} = {
  invitation: {
    template: 'invitation',
    groupName: 'Crèche Les Lutins',
    token: 'tok_en-1',
    expiresAt: EXPIRES_AT,
  },
  'password-reset': { template: 'password-reset', token: 'tok_en-2', expiresAt: EXPIRES_AT },
  'password-changed': { template: 'password-changed', changedAt: NOW },
  'group-welcome': {
    template: 'group-welcome',
    groupName: 'Crèche Les Lutins',
    directory: 'Crèche Les Lutins',
  },
  unfinished: {
    template: 'unfinished',
    groupName: 'Crèche Les Lutins',
    directory: 'Crèche Les Lutins',
    fileName: 'export.csv.part',
    depositor: 'Lot de nuit',
    since: NOW,
  },
  'upload-expired': {
    template: 'upload-expired',
    groupName: 'Crèche Les Lutins',
    directory: 'Crèche Les Lutins',
    fileName: 'PSU/export.csv',
    depositor: 'Lot de nuit',
    since: NOW,
    receivedBytes: 5_242_880,
  },
  held: {
    template: 'held',
    groupName: 'Crèche Les Lutins',
    directory: 'Crèche Les Lutins',
    files: [
      { path: 'PSU/lot.sha256', depositor: 'Lot de nuit', isManifest: true },
      { path: 'seul.csv', depositor: 'Lot de nuit', isManifest: false },
    ],
    omitted: 2,
  },
  'group-deposits': {
    template: 'group-deposits',
    groupName: 'Crèche Les Lutins',
    directory: 'Crèche Les Lutins',
    files: [
      mailedFile(),
      mailedFile({
        entryId: '01978f4e-0000-7000-8000-00000000000b',
        name: 'Notification PSU T2.pdf',
        folder: 'PSU',
        sizeBytes: 1_100_000,
      }),
    ],
    omitted: 0,
  },
};

export const TEMPLATES = Object.values(INTENTS).map(({ template }) => template);

/** A mail as the outbox hands it to the worker. */
export function claimedMail(intent: MailIntent, change: Partial<ClaimedMail> = {}): ClaimedMail {
  return {
    id: '01978f4e-0000-7000-8000-000000000001',
    messageId: '<01978f4e-0000-7000-8000-000000000001@peps>',
    attempt: 1,
    to: { address: 'nadia.benali@lutins.example.org', name: 'Nadia Benali' },
    language: 'fr',
    houseName: 'CAF du Jura',
    intent,
    ...change,
  };
}

export const LANGUAGES: readonly Language[] = ['fr', 'en'];
