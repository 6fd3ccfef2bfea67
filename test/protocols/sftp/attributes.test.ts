import { describe, expect, test } from 'vitest';
import { encodeAttributes, longname, readAttributes } from '../../../protocols/sftp/attributes.js';
import { parseClientPath } from '../../../protocols/sftp/client-path.js';
import { addRange } from '../../../protocols/sftp/ranges.js';
import { createFieldReader, string, uint32, uint64 } from '../../../protocols/sftp/wire.js';
import { formatPath } from '../../../storage/index.js';

const NOW = new Date('2026-06-30T12:00:00Z');

test('attributes survive the wire; dates beyond its 32 bits are cut', () => {
  const sizeBytes = 5_000_000_000;
  const sent = encodeAttributes({ kind: 'file', sizeBytes, modifiedAt: NOW });
  expect(readAttributes(createFieldReader(sent))).toEqual({ sizeBytes: 5_000_000_000n, modifiedAt: NOW });
  const far = encodeAttributes({
    kind: 'directory',
    sizeBytes: 0,
    modifiedAt: new Date('2200-01-01T00:00:00Z'),
  });
  expect(readAttributes(createFieldReader(far)).modifiedAt).toEqual(new Date(0xffffffff * 1000));
});

test('attributes a client sends are read past owner, permissions and extensions', () => {
  const flags = 0x1 + 0x2 + 0x4 + 0x8 + 0x80000000;
  const fields = [uint32(flags), uint64(7), uint32(1), uint32(2), uint32(0o777), uint32(1), uint32(60)];
  const extension = [uint32(1), string('acl@example.org'), string('x')];
  const reader = createFieldReader(Buffer.concat([...fields, ...extension, uint32(42)]));
  expect(readAttributes(reader)).toEqual({ sizeBytes: 7n, modifiedAt: new Date(60_000) });
  expect(reader.uint32()).toBe(42);
});

describe('a long name', () => {
  test.each([
    [
      'file',
      1_234,
      '2026-06-01T09:05:00Z',
      '-rw-r-----    1 peps     peps             1234 Jun  1 09:05 name',
    ],
    [
      'directory',
      0,
      '2020-12-24T23:59:00Z',
      'drwxr-x---    1 peps     peps                0 Dec 24  2020 name',
    ],
    ['file', 1, '2027-01-01T00:00:00Z', '-rw-r-----    1 peps     peps                1 Jan  1  2027 name'],
  ] as const)('of a %s of %i bytes from %s', (kind, sizeBytes, at, line) => {
    expect(longname('name', { kind, sizeBytes, modifiedAt: new Date(at) }, NOW)).toBe(line);
  });
});

describe('a path', () => {
  test.each([
    ['', '/'],
    ['.', '/'],
    ['/', '/'],
    ['a/b', '/a/b'],
    ['//a///b/', '/a/b'],
    ['/a/./b/../c', '/a/c'],
    ['../../..', '/'],
    ['/e\u0301', '/\u00e9'],
  ])('"%s" means "%s"', (raw, resolved) => {
    expect(formatPath(parseClientPath(Buffer.from(raw)))).toBe(resolved);
  });
});

test('ranges are joined where they touch', () => {
  const ranges = [
    { start: 10, end: 20 },
    { start: 0, end: 5 },
    { start: 30, end: 40 },
    { start: 5, end: 10 },
    { start: 19, end: 31 },
    { start: 50, end: 50 },
  ];
  const joined = ranges.reduce(addRange, [{ start: 100, end: 101 }]);
  expect(joined).toEqual([
    { start: 0, end: 40 },
    { start: 100, end: 101 },
  ]);
});
