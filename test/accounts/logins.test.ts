import { describe, expect, test } from 'vitest';
import {
  addressKeyOf,
  normalizeLogin,
  parseAddress,
  parseDisplayName,
  parseServiceLogin,
} from '../../storage/accounts/logins.js';

describe('a login as it was typed', () => {
  test.each([
    ['Camille@Example.ORG', 'camille@example.org'],
    ['  camille@example.org ', 'camille@example.org'],
    ['PC-ACCUEIL\\camille@example.org', 'camille@example.org'],
    ['ｃamille@example.org', 'camille@example.org'],
    ['Facturation_Nuit', 'facturation_nuit'],
    ['fifty%off@example.org', 'fifty%off@example.org'],
  ])('%j is looked up as %j', (typed, login) => {
    expect(normalizeLogin(typed)).toBe(login);
  });

  test.each([
    ...['', ' ', 'a\0b', 'a\r\nb', 'a\u202eb', `${'a'.repeat(300)}`, 'x'.repeat(100_000), '\ud800'],
    ...[
      'a@exam\u00adple.org',
      'a@exam\u200bple.org',
      '\ufeffa@example.org',
      'a@ex%61mple.org',
      'a@ex％61mple.org',
    ],
  ])('%j is none', (typed) => {
    expect(normalizeLogin(typed)).toBeNull();
  });
});

describe('addresses', () => {
  test.each([
    ['Contact@Creche.Example.org', 'contact@creche.example.org', 'contact@creche.example.org'],
    ["o'brien+nuit@example.org", "o'brien+nuit@example.org", "o'brien+nuit@example.org"],
    ['accueil@Crèche.example', 'accueil@crèche.example', 'accueil@xn--crche-5ra.example'],
    ['accueil@xn--crche-5ra.example', 'accueil@xn--crche-5ra.example', 'accueil@xn--crche-5ra.example'],
  ])('%s', (text, address, addressKey) => {
    expect(parseAddress(text)).toMatchObject({ address, addressKey });
    expect(addressKeyOf(address)).toBe(addressKey);
  });

  test.each([
    '',
    'nobody',
    '@example.org',
    'a@',
    'a@b@example.org',
    '"a b"@example.org',
    '"a@evil.example x"@example.org',
    'a(comment)@example.org',
    'A <a@example.org>',
    'a@example.org, b@example.org',
    'team: a@example.org;',
    'a@example.org.',
    'a@.example.org',
    'a@exam..ple.org',
    'a@-example.org',
    'a@localhost',
    'a@127.0.0.1',
    'a@[127.0.0.1]',
    '.a@example.org',
    'a.@example.org',
    'a..b@example.org',
    'é@example.org',
    'a@example.org\r\nBcc: b@example.org',
    'a b@example.org',
    `${'a'.repeat(65)}@example.org`,
    `a@${'b.'.repeat(130)}org`,
  ])('%j is refused', (text) => {
    expect(() => parseAddress(text)).toThrow(
      expect.objectContaining({ code: 'invalid-input', reason: 'address' }),
    );
  });
});

test('service logins', () => {
  expect(parseServiceLogin(' Facturation.nuit-2_b ')).toBe('facturation.nuit-2_b');
  for (const text of ['', 'ab', '-abc', '.abc', 'a b c', 'été', 'a@b.c', 'x'.repeat(65), 'abc/d'])
    expect(() => parseServiceLogin(text), text).toThrow(expect.objectContaining({ reason: 'login' }));
});

test('display names', () => {
  expect(parseDisplayName(' Cre\u0300che « Les Lutins » ')).toBe('Crèche « Les Lutins »');
  for (const text of ['', '  ', 'a\nb', 'a\0', 'a\u202eb', 'x'.repeat(201), '\ud800'])
    expect(() => parseDisplayName(text), JSON.stringify(text)).toThrow(
      expect.objectContaining({ reason: 'name' }),
    );
});
