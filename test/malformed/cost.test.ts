import { expect, test } from 'vitest';
import { parseEntityTags } from '../../protocols/webdav/conditions.js';
import { readPromisedSha256 } from '../../protocols/webdav/digests.js';
import { parseIfHeader } from '../../protocols/webdav/if-header.js';
import { readLockTokenHeader } from '../../protocols/webdav/lock-tokens.js';
import { parseRange } from '../../protocols/webdav/ranges.js';
import { parseTarget } from '../../protocols/webdav/request-path.js';

/** Ten times what a header may hold: what grows with the square of the length takes ten seconds, all else milliseconds. */
const LENGTH = 160 * 1024;
const PATIENCE_MS = 1000;
const PIECES = [
  ',',
  ' ',
  '\t',
  ', ',
  '"',
  '"a"',
  '"a",',
  'W/',
  '(',
  '()',
  '<',
  '<a:b>',
  '[',
  'Not ',
  '/',
  '%',
  '-',
  '1',
  'a',
  '=',
];

test.each([
  ['If-Match', parseEntityTags],
  ['If', parseIfHeader],
  ['Lock-Token', readLockTokenHeader],
  ['Range', (text: string) => parseRange(`bytes=${text}`, 10)],
  ['Repr-Digest', (text: string) => readPromisedSha256({ 'repr-digest': text })],
  ['OC-Checksum', (text: string) => readPromisedSha256({ 'oc-checksum': `SHA256:${text}` })],
  ['a path', (text: string) => parseTarget(`/dav${text}`)],
])(
  'reading %s costs in proportion to its length, whatever is repeated in it',
  (_, read: (text: string) => unknown) => {
    for (const piece of PIECES)
      for (const end of ['', 'x', '"']) {
        const startedAtMs = performance.now();
        try {
          read(piece.repeat(LENGTH / piece.length) + end);
        } catch {
          // Refused as well as read: what counts here is how soon.
        }
        expect(performance.now() - startedAtMs, JSON.stringify([piece, end])).toBeLessThan(PATIENCE_MS);
      }
  },
);
