import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  allowsRange,
  parseEntityTags,
  parseHttpDate,
  weighConditions,
} from '../../../protocols/webdav/conditions.js';
import { HttpProblem } from '../../../protocols/webdav/http-problem.js';
import type { FileEntry } from '../../../storage/index.js';

const FILE: FileEntry = {
  kind: 'file',
  id: 'e1',
  path: { segments: ['g', 'a.txt'] },
  name: 'a.txt',
  createdAt: new Date('2026-01-01T00:00:00Z'),
  modifiedAt: new Date('2026-03-01T10:00:00.500Z'),
  versionId: 'v1',
  sizeBytes: 10,
  sha256: '00',
  etag: '"v1"',
  depositor: { id: 'a1', name: 'Ada', side: 'house' },
  depositedAt: new Date('2026-03-01T10:00:00Z'),
  isPublished: true,
};
const EXACT = 'Sun, 01 Mar 2026 10:00:00 GMT';
const EARLIER = 'Sun, 01 Mar 2026 09:59:59 GMT';

function request(method: string, headers: Record<string, string>): IncomingMessage {
  const message = new IncomingMessage(new Socket());
  message.method = method;
  Object.assign(message.headers, headers);
  return message;
}

describe('conditional headers of RFC 9110', () => {
  test.each([
    ['PUT', { 'if-match': '"v1"' }, 'go-on'],
    ['PUT', { 'if-match': '"v0", "v1"' }, 'go-on'],
    ['PUT', { 'if-match': '*' }, 'go-on'],
    ['PUT', { 'if-match': '"v0"' }, 'failed'],
    ['PUT', { 'if-match': 'W/"v1"' }, 'failed'],
    ['PUT', { 'if-none-match': '*' }, 'failed'],
    ['PUT', { 'if-none-match': '"v0"' }, 'go-on'],
    ['PUT', { 'if-none-match': 'W/"v1"' }, 'failed'],
    ['PUT', { 'if-unmodified-since': EXACT }, 'go-on'],
    ['PUT', { 'if-unmodified-since': EARLIER }, 'failed'],
    ['PUT', { 'if-match': '"v1"', 'if-unmodified-since': EARLIER }, 'go-on'],
    ['PUT', { 'if-modified-since': EXACT }, 'go-on'],
    ['GET', { 'if-none-match': '"v1"' }, 'not-modified'],
    ['GET', { 'if-none-match': 'W/"v1"' }, 'not-modified'],
    ['GET', { 'if-none-match': '"v0"', 'if-modified-since': EXACT }, 'go-on'],
    ['GET', { 'if-modified-since': EXACT }, 'not-modified'],
    ['HEAD', { 'if-modified-since': EARLIER }, 'go-on'],
    ['GET', { 'if-modified-since': 'yesterday' }, 'go-on'],
    ['GET', { 'if-match': '"v0"', 'if-none-match': '"v1"' }, 'failed'],
  ])('%s with %j: %s', (method, headers, verdict) => {
    expect(weighConditions(request(method, headers), FILE)).toBe(verdict);
  });

  test('where nothing stands', () => {
    expect(weighConditions(request('PUT', { 'if-match': '*' }), undefined)).toBe('failed');
    expect(weighConditions(request('PUT', { 'if-none-match': '*' }), undefined)).toBe('go-on');
  });

  test('If-Range takes the same strong tag or exactly the same date', () => {
    const allows = (header: string) => allowsRange(request('GET', { 'if-range': header }), FILE);
    expect([allows('"v1"'), allows(EXACT)]).toEqual([true, true]);
    expect([allows('W/"v1"'), allows('"v0"'), allows(EARLIER), allows('x')]).toEqual([
      false,
      false,
      false,
      false,
    ]);
  });

  test('entity tag lists', () => {
    expect(parseEntityTags(' "a" , W/"b,c",,"d"')).toEqual(['"a"', 'W/"b,c"', '"d"']);
    expect(parseEntityTags('*')).toBe('*');
    expect(parseEntityTags(',"a", ,')).toEqual(['"a"']);
    for (const text of ['', 'a', '"a', '"a" "b"', '"a", *'])
      expect(() => parseEntityTags(text)).toThrow(HttpProblem);
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('"', 'W', '/', ',', ' ', 'a', '*') }), (text) => {
        try {
          parseEntityTags(text);
        } catch (error) {
          expect(error).toBeInstanceOf(HttpProblem);
        }
      }),
    );
  });

  test('only HTTP dates are dates', () => {
    expect(parseHttpDate(EXACT)).toBe(Date.UTC(2026, 2, 1, 10));
    expect([parseHttpDate('2026'), parseHttpDate('1'), parseHttpDate('2026-03-01')]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });
});
