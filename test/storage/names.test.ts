import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  assertCreatableName,
  directoryNameFor,
  isCompanionName,
  isPrivateName,
  isSystemLitter,
  isTemporaryName,
  nameKey,
  normalizeName,
  sortKey,
} from '../../storage/names.js';

const REFUSED: Record<string, readonly string[]> = {
  'name-reserved': [
    'CON',
    'con',
    'Aux.txt',
    'NUL.tar.gz',
    'COM1',
    'lpt9.csv',
    'prn',
    'COM¹',
    'com0',
    'con .txt',
    'CONOUT$',
  ],
  'name-character': ['a<b', 'a>b', 'a:b', 'a"b', 'a|b', 'a?b', 'a*b', 'x::$DATA', 'C:'],
  'name-trailing': ['fin.', 'fin ', 'fin...', '. .'],
  'name-control': ['a\u0000b', 'a\nb', 'a\tb', 'a\u007f', 'a\u0085b', 'a\u2028b', '\u001b[31m'],
  'name-bidi': ['facture\u202egpj.exe', 'a\u202a', 'a\u2066b\u2069'],
  'name-too-long': [`${'é'.repeat(128)}`, 'a'.repeat(256)],
};
const ALLOWED = [
  'Présences juin 2026.csv',
  '-rf',
  '.htaccess',
  'a'.repeat(255),
  `${'é'.repeat(127)}x`,
  'CONTRAT.pdf',
  'com10.txt',
  'auxiliaire.odt',
  '100 %.txt',
  '#1 & co; =+,.csv',
  '١٢٣.pdf',
  '👩‍👧.png',
  ' x',
];

describe('a name to be created', () => {
  test.each(Object.entries(REFUSED))('is refused as %s', (reason, names) => {
    for (const name of names)
      expect(() => assertCreatableName(name), name).toThrow(
        expect.objectContaining({ code: 'invalid-path', reason }),
      );
  });
  test.each(ALLOWED)('is allowed: %s', (name) => {
    expect(() => assertCreatableName(name)).not.toThrow();
  });
});

describe('the key of a name', () => {
  test('is one for what Windows or a Mac take for the same', () => {
    expect(nameKey('Éte\u0301.CSV')).toBe(nameKey('e\u0301té.csv'));
    expect(nameKey('STRASSE')).toBe(nameKey('straße'));
    expect(nameKey('a')).not.toBe(nameKey('à'));
  });
  test('does not depend on case or form, whatever the name', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (name) => {
        expect(nameKey(name.normalize('NFD'))).toBe(nameKey(name));
        expect(nameKey(normalizeName(name))).toBe(nameKey(name));
        expect(nameKey(nameKey(name))).toBe(nameKey(name));
        expect(normalizeName(normalizeName(name))).toBe(normalizeName(name));
      }),
      { numRuns: 200 },
    );
  });
  test('fits its column for the longest name', () => {
    for (const character of ['\u0390', '\ufb03', 'İ', 'ŉ', 'A'])
      expect(nameKey(character.repeat(255 / Buffer.byteLength(character))).length).toBeLessThanOrEqual(512);
  });
});

describe('the order of names', () => {
  test('is the one people expect', () => {
    const sorted = ['a10', 'Élan', 'a2', 'zèbre', 'e', 'A1', '2026-10', '2026-9', 'a02b'];
    sorted.sort((a, b) => (sortKey(a) < sortKey(b) ? -1 : 1));
    expect(sorted).toEqual(['2026-9', '2026-10', 'A1', 'a2', 'a02b', 'a10', 'e', 'Élan', 'zèbre']);
  });
  test('has keys that fit their column', () => {
    expect(sortKey('1a'.repeat(127)).length).toBeLessThanOrEqual(512);
  });
});

describe('names that are not final', () => {
  test.each([
    'x.tmp',
    'x.TMP',
    'x.part',
    'x.csv.filepart',
    'x.partial',
    '~$Budget.xlsx',
    '._x',
    '.~lock.x.odt#',
    '.x.swp',
    'x~',
    '.in.x.',
    '.goutputstream-AB12',
    '8A3B5C7D',
    'ABCDEF01',
    '~WRD0001.tmp',
    'x.crdownload',
  ])('%s is private to its sender', (name) => {
    expect(isTemporaryName(name)).toBe(true);
    expect(isPrivateName(name)).toBe(true);
  });
  test.each(['20260630', 'x.tmp.csv', 'tmp', 'partie.pdf', '8a3b5c7d', 'ABCDEF012', 'x.parts', 'in.x'])(
    '%s is a document',
    (name) => {
      expect(isPrivateName(name)).toBe(false);
      expect(isCompanionName(name)).toBe(false);
    },
  );
  test.each(['.DS_Store', 'Thumbs.db', 'THUMBS.DB', 'desktop.ini'])('%s is litter', (name) => {
    expect([isSystemLitter(name), isTemporaryName(name), isPrivateName(name)]).toEqual([true, false, true]);
  });
  test('that only stand beside an open document are not missed by anybody', () => {
    expect(['~$a.docx', '.~lock.a.odt#', '._a', '.a.swp', 'desktop.ini'].every(isCompanionName)).toBe(true);
    expect(['a.filepart', 'a.tmp', '8A3B5C7D', '~WRL0001.tmp'].some(isCompanionName)).toBe(false);
  });
});

describe("a group's directory", () => {
  test.each([
    ['Crèche Été', 'Crèche Été'],
    ['Mairie: service/enfance?', 'Mairie- service-enfance-'],
    ['  ', 'Groupe'],
    ['CON', 'Groupe CON'],
    ['mon espace', 'Groupe mon espace'],
    ['Fin...', 'Fin'],
    ['a\u202eb\nc', 'a b c'],
    ['E\u0301te\u0301', 'Été'],
  ])('of "%s" is "%s"', (name, directory) => {
    expect(directoryNameFor(name)).toBe(directory);
  });
  test('can always be created', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (name) => {
        assertCreatableName(directoryNameFor(name.toWellFormed()));
      }),
      { numRuns: 200 },
    );
  });
});
