import { describe, expect, test } from 'vitest';
import { writeLetter } from '../../../server/mail/templates/letter.js';
import type { ClaimedMail, MailIntent } from '../../../storage/index.js';
import { claimedMail, INTENTS, LANGUAGES, mailedFile, NOW, SETTINGS, TEMPLATES } from './fixtures.js';

const write = (intent: MailIntent, change: Partial<ClaimedMail> = {}) =>
  writeLetter(claimedMail(intent, change), SETTINGS, NOW);

/** The words of an HTML mail, as somebody without images and styles reads them. */
function wordsOf(html: string): string[] {
  const body = html.replace(/^.*<body[^>]*>/su, '').replace(/<[^>]+>/gu, ' ');
  const plain = body
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&');
  return plain.split(/[\s\u00a0]+/u).filter(Boolean);
}

const linksOf = (html: string) => [...html.matchAll(/href="([^"]+)"/gu)].map((match) => match[1] ?? '');

describe.each(LANGUAGES)('in %s', (language) => {
  const several = [mailedFile({ folder: 'PSU' }), mailedFile({ depositor: 'Hugo Lemaire' })];
  const everything = [
    ...Object.values(INTENTS),
    { ...INTENTS['group-deposits'], files: several, omitted: 12 },
    { ...INTENTS.invitation, groupName: null },
  ];

  test.each(everything)('$template says the same as text and as HTML', (intent) => {
    const { text, html } = write(intent, { language });
    const said = new Set(wordsOf(html).filter((word) => word !== '·'));
    const written = text
      .split('\n')
      .filter((line) => !line.startsWith('https://'))
      .join(' ')
      .split(/[\s\u00a0]+/u)
      // What the text needs for its shape: list and signature marks.
      .filter((word) => !['', '-', '--', '·'].includes(word));
    expect(written.filter((word) => !said.has(word))).toEqual([]);
    const inText = new Set(written);
    expect([...said].filter((word) => !inText.has(word))).toEqual([]);
    expect(text.split('\n').filter((line) => line.startsWith('https://'))).toEqual(linksOf(html));
  });

  test.each(TEMPLATES)('%s greets, has one button, and fetches nothing', (template) => {
    const { text, html, subject } = write(INTENTS[template], { language });
    expect(text).toContain(language === 'fr' ? 'Bonjour Nadia Benali,' : 'Hello Nadia Benali,');
    expect(text).toContain('CAF du Jura');
    expect(subject.length).toBeGreaterThan(10);
    expect(html.match(/display:block;padding:16px 20px/gu)).toHaveLength(1);
    expect(html).not.toMatch(/<(img|script|link|style|form|iframe|svg)\b|url\(|@import|\son\w+=/iu);
    expect(html).toContain(`<html lang="${language}">`);
    for (const link of linksOf(html)) expect(link.startsWith('https://peps.example.org/')).toBe(true);
    expect(text + html).not.toMatch(/undefined|null|\[object|NaN/u);
  });
});

describe('links lead where the pages are', () => {
  const buttonOf = (intent: MailIntent) => linksOf(write(intent).html).at(-1);

  test.each([
    ['invitation', 'https://peps.example.org/activation/tok_en-1'],
    ['password-reset', 'https://peps.example.org/reinitialisation/tok_en-2'],
    ['password-changed', 'https://peps.example.org/mot-de-passe-oublie'],
    ['group-welcome', 'https://peps.example.org/groupes/Cr%C3%A8che%20Les%20Lutins'],
    ['unfinished', 'https://peps.example.org/groupes/Cr%C3%A8che%20Les%20Lutins'],
    ['upload-expired', 'https://peps.example.org/groupes/Cr%C3%A8che%20Les%20Lutins'],
    ['held', 'https://peps.example.org/groupes/Cr%C3%A8che%20Les%20Lutins'],
    ['group-deposits', 'https://peps.example.org/groupes/Cr%C3%A8che%20Les%20Lutins'],
  ] as const)('%s', (template, link) => {
    expect(buttonOf(INTENTS[template])).toBe(link);
  });

  test('one file: the button leads to its page; several: each name does', () => {
    const one = { ...INTENTS['group-deposits'], files: [mailedFile()] };
    expect(buttonOf(one)).toBe('https://peps.example.org/fichiers/01978f4e-0000-7000-8000-00000000000a');
    expect(linksOf(write(INTENTS['group-deposits']).html).slice(0, 2)).toEqual([
      'https://peps.example.org/fichiers/01978f4e-0000-7000-8000-00000000000a',
      'https://peps.example.org/fichiers/01978f4e-0000-7000-8000-00000000000b',
    ]);
  });

  test('a directory of any spelling stays one segment', () => {
    const odd = { ...INTENTS['group-welcome'], directory: '../a?b#c%2F' };
    expect(buttonOf(odd)).toBe('https://peps.example.org/groupes/..%2Fa%3Fb%23c%252F');
  });
});

describe('what arrived', () => {
  const deposits = INTENTS['group-deposits'];

  test('one depositor is named, with how many files', () => {
    const { subject, text } = write(deposits);
    expect(subject).toBe('Claire Moreau vous a remis 2\u00a0fichiers (Crèche Les Lutins)');
    expect(text).toContain('ils vous attendent dans «\u00a0Crèche Les Lutins\u00a0».');
    expect(text).toContain('- Droits ouverts juin 2026.xlsx · 248\u00a0Ko\n');
    expect(text).toContain('- Notification PSU T2.pdf · 1,1\u00a0Mo · dans PSU\n');
    expect(write(deposits, { language: 'en' }).subject).toBe(
      'Claire Moreau handed you 2\u00a0files (Crèche Les Lutins)',
    );
    expect(write({ ...deposits, files: [mailedFile()] }).subject).toBe(
      'Claire Moreau vous a remis un fichier (Crèche Les Lutins)',
    );
  });

  test('several depositors are named at their files', () => {
    const files = [mailedFile(), mailedFile({ depositor: 'Hugo Lemaire' })];
    const { subject, text } = write({ ...deposits, files });
    expect(subject).toBe('2\u00a0fichiers vous attendent dans «\u00a0Crèche Les Lutins\u00a0»');
    expect(text).toContain('248\u00a0Ko · par Hugo Lemaire\n');
  });

  test('a long list is cut and says by how much', () => {
    const { subject, text } = write({ ...deposits, omitted: 12 });
    expect(subject).toContain('14\u00a0fichiers');
    expect(text).toContain('Et 12 autres fichiers.');
    expect(write({ ...deposits, omitted: 1 }, { language: 'en' }).text).toContain('And one more file.');
  });
});

test('dates are those of the installation’s time zone', () => {
  expect(write(INTENTS.invitation).text).toContain('valable jusqu’au mardi 7 juillet 2026, 9\u00a0h\u00a012');
  expect(write(INTENTS.invitation, { language: 'en' }).text).toContain(
    'valid until Tuesday, 7 July 2026, 9:12',
  );
});

test('somebody whose name is not known is greeted without one', () => {
  const { text } = write(INTENTS.invitation, { to: { address: 'a@example.org', name: 'a@example.org' } });
  expect(text).toContain('Bonjour, CAF du Jura');
});

test('names of strangers stay names', () => {
  const evil = '<script>alert(1)</script><img src=x onerror=alert(1)>"\'&amp;</td>';
  const intents: MailIntent[] = [
    { ...INTENTS.invitation, groupName: evil },
    { ...INTENTS['group-welcome'], groupName: evil, directory: evil },
    { ...INTENTS.unfinished, groupName: evil, fileName: evil, depositor: evil },
    { ...INTENTS['upload-expired'], groupName: evil, fileName: evil, depositor: evil },
    {
      ...INTENTS.held,
      groupName: evil,
      files: [
        { path: evil, depositor: evil, isManifest: true },
        { path: evil, depositor: evil, isManifest: false },
      ],
    },
    {
      ...INTENTS['group-deposits'],
      groupName: evil,
      files: [mailedFile({ name: evil, folder: evil, depositor: evil, entryId: evil })],
    },
  ];
  for (const intent of intents) {
    const { html } = write(intent, {
      houseName: evil,
      to: { address: 'a@example.org', name: evil.replace('@', '') },
    });
    expect(html).not.toMatch(/<script|<img/u);
    // The same tags as with harmless names: nothing was opened or closed.
    const shape = (text: string) => text.match(/<\/?[a-z0-9]+/giu)?.join();
    expect(shape(html)).toBe(shape(write(harmless(intent)).html));
  }
});

test('what a name hides is written out, on one line, and it stays apart from its size (P11)', () => {
  const files = [
    mailedFile({ name: 'rapport\u200Bfdp.exe', folder: 'a\r\nb' }),
    mailedFile({ name: 'חוזה.pdf', depositor: 'Eve\u202Eila' }),
  ];
  const letter = write(
    { ...INTENTS['group-deposits'], files, groupName: 'Les\u202E\r\nBcc: x' },
    { to: { address: 'a@example.org', name: 'Nadia\u202E\r\nBcc: x' } },
  );
  expect(letter.text).toContain('- rapport⟨U+200B⟩fdp.exe · 248\u00a0Ko · dans a⟨U+000D⟩⟨U+000A⟩b');
  expect(letter.text).toContain('- \u2068חוזה.pdf\u2069 · 248\u00a0Ko');
  expect(letter.text).toContain('par Eve⟨U+202E⟩ila');
  expect(letter.html).toContain('<bdi>rapport⟨U+200B⟩fdp.exe</bdi>');
  expect(letter.subject).toContain('Les⟨U+202E⟩⟨U+000D⟩⟨U+000A⟩Bcc: x');
  expect(letter.to.name).toBe('Nadia⟨U+202E⟩⟨U+000D⟩⟨U+000A⟩Bcc: x');
  expect(letter.html).not.toMatch(/[\u200b\u202e]/u);
});

function harmless(intent: MailIntent): MailIntent {
  return intent.template === 'group-deposits'
    ? { ...INTENTS['group-deposits'], files: [mailedFile({ folder: 'PSU' })] }
    : INTENTS[intent.template];
}
