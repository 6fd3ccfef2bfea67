import fc from 'fast-check';
import type { Arena, Case, CaseClass } from './cases.js';

/** Requests sent together, with one among them that is none, and perhaps the end missing. */
export const pipelines: CaseClass = {
  name: 'pipelines',
  share: 4,
  arbitrary: (arena) =>
    fc
      .record({
        pieces: fc.array(fc.constantFrom(...good(arena)), { minLength: 1, maxLength: 12 }),
        repeats: fc.constantFrom(1, 1, 1, 5, 25),
        broken: fc.constantFrom(
          'no request\r\n\r\n',
          'GET / HTTP/1.1\r\nHost : x\r\n\r\n',
          'PUT /dav/x HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n',
          '\0',
          '',
        ),
        at: fc.nat({ max: 11 }),
        cut: fc.oneof(
          { weight: 3, arbitrary: fc.constant(0) },
          { weight: 1, arbitrary: fc.nat({ max: 60 }) },
        ),
      })
      .map(({ pieces, repeats, broken, at, cut }): Case => {
        const all = Array.from({ length: repeats }, () => pieces).flat();
        all.splice(at % (all.length + 1), 0, broken);
        if (broken === '') all.push('GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
        const bytes = Buffer.from(all.join(''), 'latin1');
        return { bytes: bytes.subarray(0, bytes.length - cut), isRow: true };
      }),
};

function good({ base, authorization }: Arena): readonly string[] {
  const head = (line: string) => `${line} HTTP/1.1\r\nHost: localhost\r\nAuthorization: ${authorization}\r\n`;
  return [
    `${head(`GET ${base}/file.txt`)}\r\n`,
    `${head(`HEAD ${base}/file.txt`)}\r\n`,
    `${head(`GET ${base}/absent`)}\r\n`,
    `${head(`PROPFIND ${base}`)}Depth: 0\r\nContent-Length: 0\r\n\r\n`,
    `${head(`PUT ${base}/piped`)}Content-Length: 5\r\n\r\nhello`,
    `${head(`PUT ${base}/piped`)}Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n`,
    `${head(`OPTIONS ${base}`)}\r\n`,
    'GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n',
  ];
}
