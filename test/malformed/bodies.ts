import fc from 'fast-check';
import { type Case, type CaseClass, request } from './cases.js';

let count = 0;

/** Whole requests whose bodies end too early, say something else than was announced, or stand where none belongs. */
export const bodies: CaseClass = {
  name: 'bodies',
  share: 10,
  arbitrary: (arena) =>
    fc
      .record({
        kind: fc.constantFrom(
          'short',
          'chunks',
          'digest',
          'expected',
          'range',
          'coding',
          'where none belongs',
        ),
        size: fc.oneof(fc.integer({ min: 1, max: 100 }), fc.integer({ min: 1, max: 200_000 })),
        kept: fc.double({ min: 0, max: 0.999, noNaN: true }),
        method: fc.constantFrom('DELETE', 'MOVE', 'COPY', 'UNLOCK', 'MKCOL', 'GET', 'HEAD', 'OPTIONS'),
      })
      .map(({ kind, size, kept, method }): Case => {
        count += 1;
        const absent = `body${count}`;
        const target = `${arena.base}/${absent}`;
        const content = Buffer.alloc(size, 'x');
        const part = content.subarray(0, Math.floor(size * kept));
        const put = (headers: readonly (readonly [string, string])[], body: Buffer, isMeasured = true) => ({
          bytes: request(arena, { method: 'PUT', target, headers, body, isMeasured }),
          absent,
        });
        const length = ['Content-Length', String(size)] as const;
        if (kind === 'short') return put([length], part, false);
        if (kind === 'chunks') {
          const chunk = Buffer.concat([Buffer.from(`${size.toString(16)}\r\n`), part]);
          return put([['Transfer-Encoding', 'chunked']], chunk, false);
        }
        if (kind === 'digest')
          return put([['Repr-Digest', 'sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:']], content);
        if (kind === 'expected') return put([['X-Expected-Entity-Length', String(size + 1)]], content);
        if (kind === 'range') return put([['Content-Range', `bytes 0-${size}/*`]], content);
        if (kind === 'coding') return put([['Content-Encoding', 'gzip']], content);
        // Cut off in its body, it must not have acted: the file is the one of the arena that has to stay.
        const headers = [length, ['Destination', `${arena.base}/${absent}`]] as const;
        const stays = `${arena.base}/file.txt`;
        return {
          bytes: request(arena, { method, target: stays, headers, body: part, isMeasured: false }),
          absent,
        };
      }),
};
