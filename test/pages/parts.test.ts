import { describe, expect, test } from 'vitest';
import { chooseRange } from '../../portal/byte-range.js';
import { initials } from '../../web/components/avatar.js';
import { extensionOf } from '../../web/components/file-tile.js';
import { formatCookie, readCookie } from '../../web/cookies.js';
import { createFormat } from '../../web/format.js';
import { parseFields, parseQuery } from '../../web/forms.js';
import { wordsFor } from '../../web/i18n/words.js';
import { chooseLanguage } from '../../web/language.js';
import { safeNextPath } from '../../web/next-path.js';
import { noticeCookie, readNotice } from '../../web/notice.js';

describe('where sign-in leads', () => {
  test.each([
    ['/', '/'],
    ['/fichiers/0197', '/fichiers/0197'],
    ['/groupes/Cr%C3%A8che?page=2', '/groupes/Cr%C3%A8che?page=2'],
    ['/groupes/a/../b', '/groupes/b'],
  ])('%s is a path of this site', (text, path) => {
    expect(safeNextPath(text)).toBe(path);
  });

  test.each([
    undefined,
    '',
    'fichiers/1',
    '//evil.example.org',
    '///evil.example.org',
    '/\\evil.example.org',
    '/.//evil.example.org',
    '/..//evil.example.org',
    '/a/..//evil.example.org',
    '/%2e%2e//evil.example.org',
    '\\\\evil.example.org',
    'https:evil.example.org',
    'https://evil.example.org',
    'javascript:alert(1)',
    '/\tevil',
    '/\n/evil.example.org',
    '/\r\nSet-Cookie: a=b',
    '/é',
    ' /fichiers/1',
    `/${'a'.repeat(2048)}`,
  ])('%j leads home', (text) => {
    expect(safeNextPath(text)).toBe('/');
  });
});

describe('what is said', () => {
  const now = new Date('2026-06-30T07:41:00Z');
  const fr = createFormat('fr', 'Europe/Paris', now);
  const en = createFormat('en', 'Europe/Paris', now);

  test.each([
    [0, '0 octets'],
    [999, '999 octets'],
    [1000, '1 Ko'],
    [248_000, '248 Ko'],
    [999_499, '999 Ko'],
    [999_600, '1 Mo'],
    [1_100_000, '1,1 Mo'],
    [86_400_000, '86 Mo'],
    [1_500_000_000, '1,5 Go'],
    [20_000_000_000_000, '20 To'],
  ])('%d bytes are %s', (sizeBytes, text) => {
    expect(fr.size(sizeBytes)).toBe(text.replace(' ', '\u00a0'));
  });

  test.each([
    ['2026-06-30T07:12:00Z', 'ce matin, 9 h 12', 'this morning, 9:12'],
    ['2026-06-30T11:05:00Z', 'cet après-midi, 13 h 05', 'this afternoon, 13:05'],
    ['2026-06-29T22:30:00Z', 'ce matin, 0 h 30', 'this morning, 0:30'],
    ['2026-06-29T15:05:00Z', 'hier, 17 h 05', 'yesterday, 17:05'],
    ['2026-06-26T13:47:00Z', '26 juin, 15 h 47', '26 June, 15:47'],
    ['2025-12-31T22:59:00Z', '31 décembre 2025, 23 h 59', '31 December 2025, 23:59'],
  ])('%s is %s', (instant, french, english) => {
    expect(fr.instant(new Date(instant)).replaceAll('\u00a0', ' ')).toBe(french);
    expect(en.instant(new Date(instant))).toBe(english);
  });

  test('the day that began in Paris while it was still yesterday in Greenwich is today', () => {
    expect(fr.heading(new Date('2026-06-29T22:30:00Z'))).toBe('Aujourd’hui, mardi 30 juin');
    expect(fr.dayKey(new Date('2026-06-29T22:30:00Z'))).toBe('2026-06-30');
    expect(en.heading(new Date('2026-06-29T10:00:00Z'))).toBe('Yesterday, Monday 29 June');
  });

  test('French has no plural at zero, English has', () => {
    expect(wordsFor('fr').portal.group.files(0)).toBe('0\u00a0fichier');
    expect(wordsFor('en').portal.group.files(0)).toBe('0\u00a0files');
    expect(wordsFor('fr').portal.group.files(2)).toBe('2\u00a0fichiers');
  });

  test.each([
    ['Nadia Benali', 'NB'],
    ['CAF du Jura', 'CJ'],
    ['Claire', 'CL'],
    ['Jean-Marc', 'JM'],
    ['', ''],
  ])('%s has the initials %s', (name, letters) => {
    expect(initials(name)).toBe(letters);
  });

  test('a tile shows short extensions only', () => {
    expect(extensionOf('a.xlsx')).toBe('XLSX');
    expect(extensionOf('a.<b>')).toBe('');
    expect(extensionOf('sans')).toBe('');
    expect(extensionOf('a.filepart')).toBe('');
  });
});

describe('the language', () => {
  const choose = (chosen?: string, account?: 'fr' | 'en', acceptLanguage?: string) =>
    chooseLanguage({ chosen, account, acceptLanguage });

  test('is what was chosen here, else the account’s, else the browser’s, else French', () => {
    expect(choose('en', 'fr', 'fr')).toBe('en');
    expect(choose('de', 'en', 'fr')).toBe('en');
    expect(choose(undefined, undefined, 'de, en;q=0.8, fr;q=0.7')).toBe('en');
    expect(choose(undefined, undefined, 'en;q=0, fr')).toBe('fr');
    expect(choose(undefined, undefined, 'de')).toBe('fr');
    expect(choose(undefined, undefined, ',;q=x,,')).toBe('fr');
  });
});

describe('fields', () => {
  test.each(['a=1&a=2', 'a[]=1', 'a[b]=1', '__proto__=1', '=1', 'A=1', `${'a'.repeat(41)}=1`])(
    '%s is refused',
    (text) => {
      expect(() => parseFields(text)).toThrow(expect.objectContaining({ status: 400 }));
    },
  );

  test('a query may carry what others put there', () => {
    expect([...parseQuery('utm_source=mail&next=/a&utm_source=b&a[]=1')]).toEqual([['next', '/a']]);
    expect(() => parseQuery('a=1&a=2')).toThrow(expect.objectContaining({ status: 400 }));
  });

  test('more than a hundred are refused', () => {
    const name = (index: number) =>
      `f-${String(index).replace(/\d/gu, (digit) => 'abcdefghij'.charAt(Number(digit)))}`;
    const fields = (count: number) =>
      Array.from({ length: count }, (_, index) => `${name(index)}=1`).join('&');
    expect(parseFields(fields(100)).size).toBe(100);
    expect(() => parseFields(fields(101))).toThrow(expect.objectContaining({ status: 400 }));
  });
});

const inCookie = (text: string) => Buffer.from(text).toString('base64url');

describe('cookies', () => {
  test('are bound to the site and kept from scripts', () => {
    expect(formatCookie({ name: 'peps', value: 'abc', path: '/' }, true)).toBe(
      'peps=abc; Path=/; HttpOnly; SameSite=Lax; Secure',
    );
    expect(() => formatCookie({ name: 'peps', value: 'a; Domain=example.org', path: '/' }, true)).toThrow();
  });

  test('the first of two with one name counts', () => {
    expect(readCookie('a=1; peps=x; peps=y', 'peps')).toBe('x');
    expect(readCookie(undefined, 'peps')).toBeUndefined();
  });

  test('a notice comes back as a sentence, anything else as none', () => {
    const words = wordsFor('fr');
    const { value } = noticeCookie({ key: 'group-created', subject: 'Été : <b>' });
    expect(readNotice(value ?? '', words)).toEqual({
      sentence: expect.stringContaining('Été : <b>'),
      next: null,
    });
    for (const forged of ['', 'zzz', ...['["constructor","x"]', '{}', '7'].map(inCookie)])
      expect(readNotice(forged, words)).toBeNull();
  });

  test('a notice leads on to a path of this site alone', () => {
    const words = wordsFor('fr');
    const next = { kind: 'undo', path: '/elements/1/retablir' } as const;
    const { value } = noticeCookie({ key: 'entry-removed', subject: 'a', next });
    expect(readNotice(value ?? '', words)?.next).toEqual(next);
    for (const path of ['//example.org', 'https://example.org', '/a?b', '/a/../\\b', ''])
      expect(
        readNotice(inCookie(JSON.stringify(['entry-removed', 'a', 'undo', path])), words)?.next,
      ).toBeNull();
  });
});

describe('ranges of a file of 1,000 bytes', () => {
  const file = { sizeBytes: 1000, etag: '"v1"' };

  test.each([
    ['bytes=0-', 0, 1000],
    ['bytes=0-0', 0, 1],
    ['bytes=990-', 990, 1000],
    ['bytes=990-5000', 990, 1000],
    ['bytes=-10', 990, 1000],
    ['bytes=-5000', 0, 1000],
  ])('%s is 206', (range, start, end) => {
    expect(chooseRange({ range }, file)).toEqual({
      status: 206,
      sizeBytes: end - start,
      range: { start, end },
      contentRange: `bytes ${start}-${end - 1}/1000`,
    });
  });

  test.each(['bytes=1000-', 'bytes=-0', 'bytes=99999999999-'])('%s is 416', (range) => {
    expect(chooseRange({ range }, file)).toEqual({ status: 416, sizeBytes: 0, contentRange: 'bytes */1000' });
  });

  test.each(['bytes=5-2', 'bytes=-', 'bytes=a-b', 'items=0-1', 'bytes=0-1,5-6', `bytes=${'9'.repeat(20)}-`])(
    '%s counts as absent',
    (range) => {
      expect(chooseRange({ range }, file)).toEqual({ status: 200, sizeBytes: 1000 });
    },
  );

  test('a part is given only of the version that was begun', () => {
    expect(chooseRange({ range: 'bytes=0-9', 'if-range': '"v1"' }, file).status).toBe(206);
    expect(chooseRange({ range: 'bytes=0-9', 'if-range': '"v0"' }, file).status).toBe(200);
    expect(chooseRange({ range: 'bytes=0-9', 'if-range': 'W/"v1"' }, file).status).toBe(200);
  });

  test('what is known already is not sent again', () => {
    expect(chooseRange({ 'if-none-match': '"v0", W/"v1"' }, file).status).toBe(304);
    expect(chooseRange({ 'if-none-match': '"v0"' }, file).status).toBe(200);
  });
});
