import fc from 'fast-check';
import { type Arena, type Case, type CaseClass, request } from './cases.js';

type Header = readonly [string, string];

const KINDS = [
  'short',
  'chunks',
  'digest',
  'expected',
  'range',
  'coding',
  'out of place',
  'too long',
] as const;
const METHODS = ['DELETE', 'MOVE', 'COPY', 'UNLOCK', 'MKCOL', 'GET', 'HEAD', 'OPTIONS'] as const;
/** As much as is read past where no body belongs. */
const PASSED_BYTES = 64 * 1024;

interface Body {
  readonly kind: (typeof KINDS)[number];
  readonly method: (typeof METHODS)[number];
  /** Announced, and what part of it comes. */
  readonly size: number;
  readonly kept: number;
  /** Whether the sender ends at once, or holds the connection for a while. */
  readonly endsAtOnce: boolean;
}

/** Whole requests whose bodies end too early, say something else than was announced, or stand where none belongs. */
export const bodies: CaseClass = {
  name: 'bodies',
  share: 10,
  arbitrary: (arena) =>
    fc
      .record<Body>({
        kind: fc.constantFrom(...KINDS),
        method: fc.constantFrom(...METHODS),
        size: fc.oneof(fc.integer({ min: 1, max: 100 }), fc.integer({ min: 1, max: 200_000 })),
        kept: fc.double({ min: 0, max: 0.999, noNaN: true }),
        endsAtOnce: fc.boolean(),
      })
      .map((body) => caseOf(arena, body)),
};

let count = 0;

function caseOf(arena: Arena, { kind, method, size, kept, endsAtOnce }: Body): Case {
  count += 1;
  const absent = `body${count}`;
  const whole = Buffer.alloc(size, 'x');
  const part = whole.subarray(0, Math.floor(size * kept));
  const length: Header = ['Content-Length', String(size)];
  const put = (header: Header, body: Buffer, isWhole = true): Case => ({
    bytes: request(arena, {
      method: 'PUT',
      target: `${arena.base}/${absent}`,
      headers: [header],
      body,
      isMeasured: isWhole,
    }),
    isCut: !isWhole && endsAtOnce,
    absent,
  });
  /** The file that has to stay is what it would move or delete, had it acted; a folder would come to be. */
  const stray = (headers: readonly Header[], body: Buffer, isWhole: boolean): Case => ({
    bytes: request(arena, {
      method,
      target: `${arena.base}/${method === 'MKCOL' ? absent : 'file.txt'}`,
      headers: [['Destination', `${arena.base}/${absent}`], ...headers],
      body,
      isMeasured: isWhole,
    }),
    isCut: !isWhole && endsAtOnce,
    absent,
  });
  if (kind === 'short') return put(length, part, false);
  if (kind === 'chunks') return put(['Transfer-Encoding', 'chunked'], chunkOf(size, part), false);
  if (kind === 'digest')
    return put(['Repr-Digest', 'sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:'], whole);
  if (kind === 'expected') return put(['X-Expected-Entity-Length', String(size + 1)], whole);
  if (kind === 'range') return put(['Content-Range', `bytes 0-${size}/*`], whole);
  if (kind === 'coding') return put(['Content-Encoding', 'gzip'], whole);
  if (kind === 'out of place') return stray([length], part, false);
  return stray([], Buffer.alloc(PASSED_BYTES + size), true);
}

/** One chunk, of which a part came. */
function chunkOf(size: number, part: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`${size.toString(16)}\r\n`), part]);
}
