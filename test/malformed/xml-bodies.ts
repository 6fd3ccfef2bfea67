import fc from 'fast-check';
import { type Arena, type Case, type CaseClass, request, times } from './cases.js';

const METHODS = ['PROPFIND', 'PROPPATCH', 'LOCK'];
const VALID = [
  '<D:propfind xmlns:D="DAV:"><D:prop><D:getetag/><x:y xmlns:x="u"/></D:prop></D:propfind>',
  '<D:propfind xmlns:D="DAV:"><D:allprop/><D:include><D:quota-used-bytes/></D:include></D:propfind>',
  '<D:propertyupdate xmlns:D="DAV:"><D:set><D:prop><x:y xmlns:x="u">z</x:y></D:prop></D:set></D:propertyupdate>',
  '<D:lockinfo xmlns:D="DAV:"><D:lockscope><D:exclusive/></D:lockscope><D:locktype><D:write/></D:locktype></D:lockinfo>',
];

type Hostile = (size: number) => string;

/** Each grows with its size; the largest pass what is taken. */
const HOSTILE: readonly Hostile[] = [
  (size) => `<!DOCTYPE a [<!ENTITY b "${'c'.repeat(size % 500)}">]><a>${'&b;'.repeat(size % 5000)}</a>`,
  () => '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><D:propfind xmlns:D="DAV:">&b;</D:propfind>',
  () => '<!DOCTYPE a [<!ENTITY % b SYSTEM "http://127.0.0.1:1/x"> %b;]><a/>',
  (size) => `<a>${'&#65;'.repeat(size)}</a>`,
  (size) => `${'<a>'.repeat(size)}${'</a>'.repeat(size)}`,
  (size) => '<a>'.repeat(size),
  (size) => `<D:propfind xmlns:D="DAV:"><D:prop>${'<D:getetag/>'.repeat(size)}</D:prop></D:propfind>`,
  (size) =>
    `<D:propfind xmlns:D="DAV:"><D:prop>${Array.from({ length: size }, (_, index) => `<x${index} xmlns="u${index}"/>`).join('')}</D:prop></D:propfind>`,
  (size) => `<D:propfind xmlns:D="DAV:"><D:prop><x xmlns="${'u'.repeat(size)}"/></D:prop></D:propfind>`,
  (size) => `<D:propfind xmlns:D="DAV:"><D:prop><${'x'.repeat(size + 1)}/></D:prop></D:propfind>`,
  (size) =>
    `<D:propertyupdate xmlns:D="DAV:"><D:set><D:prop>${Array.from({ length: size }, (_, index) => `<x${index} xmlns="u">v</x${index}>`).join('')}</D:prop></D:set></D:propertyupdate>`,
  (size) =>
    `<D:propertyupdate xmlns:D="DAV:">${'<D:set><D:prop><x xmlns="u">v</x></D:prop></D:set>'.repeat(size)}</D:propertyupdate>`,
  (size) =>
    `<D:propertyupdate xmlns:D="DAV:" xmlns:q="${'u'.repeat(size % 30_000)}"><D:set><D:prop><x>${'<q:a/>'.repeat(size % 5000)}</x></D:prop></D:set></D:propertyupdate>`,
  (size) =>
    `<D:propertyupdate xmlns:D="DAV:"><D:set><D:prop><x xmlns="u">${'v'.repeat(size)}</x></D:prop></D:set></D:propertyupdate>`,
  (size) =>
    `<D:lockinfo xmlns:D="DAV:"><D:lockscope><D:exclusive/></D:lockscope><D:locktype><D:write/></D:locktype><D:owner>${'<x/>'.repeat(size)}</D:owner></D:lockinfo>`,
  (size) => `<a ${Array.from({ length: size % 5000 }, (_, index) => `xmlns:n${index}="u"`).join(' ')}/>`,
  (size) => `<a ${Array.from({ length: size % 5000 }, (_, index) => `b${index}=""`).join(' ')}/>`,
  (size) => `<a><!--${'-x'.repeat(size)}--></a>`,
  (size) => `<a><![CDATA[${']]'.repeat(size)}]]></a>`,
  () => '<a xmlns:xml="u"/>',
  () => '<x:a/>',
  () => '<a b="1" b="2"/>',
  () => '<a/><b/>',
  () => '<?xml version="1.0" encoding="UTF-7"?><a/>',
  () => '<?xml version="1.1"?><a>&#1;</a>',
  () => '<a>&#0;&#xFFFF;&#x110000;</a>',
  () => ']]>',
];

const ENCODINGS: readonly ((value: string) => Buffer)[] = [
  (value) => Buffer.from(value),
  (value) => Buffer.from(`\ufeff${value}`),
  (value) => Buffer.from(`\ufeff${value}`, 'utf16le'),
  (value) => Buffer.from(`\ufeff${value}`, 'utf16le').swap16(),
  (value) => Buffer.from(value, 'utf16le'),
  (value) => Buffer.concat([Buffer.from(value), Buffer.from([0xff, 0xc0, 0x80])]),
  (value) => Buffer.concat([Buffer.from([0xed, 0xa0, 0x80]), Buffer.from(value)]),
  (value) => Buffer.from(value.replaceAll('D', '\0')),
  (value) => Buffer.from(`+ADw-${value.slice(1)}`),
  (value) =>
    Buffer.concat([...value].map((character) => Buffer.from([...Buffer.from(character, 'latin1'), 0, 0, 0]))),
];

/** Far more than is read. */
const VAST: readonly string[] = [
  `<a>${'&#65;'.repeat(1_000_000)}</a>`,
  '<a>'.repeat(100_000),
  ' '.repeat(100_000),
];

/** Documents that cost more than they weigh, or are none. */
export const xmlBodies: CaseClass = {
  name: 'xml',
  share: 18,
  arbitrary: (arena) =>
    fc
      .record({
        method: fc.constantFrom(...METHODS),
        document: fc.oneof(
          {
            weight: 3,
            arbitrary: fc.tuple(fc.constantFrom(...HOSTILE), times(15_000)).map(([make, size]) => make(size)),
          },
          { weight: 40, arbitrary: broken() },
          { weight: 1, arbitrary: fc.constantFrom(...VAST) },
        ),
        encode: fc.oneof(
          { weight: 4, arbitrary: fc.constant(ENCODINGS[0] ?? Buffer.from) },
          { weight: 1, arbitrary: fc.constantFrom(...ENCODINGS) },
        ),
        type: fc.constantFrom('application/xml', 'text/xml; charset=utf-16', 'text/plain', 'x'),
        depth: fc.constantFrom('0', '1'),
      })
      .map(({ method, document, encode, type, depth }) =>
        caseOf(arena, method, encode(document), type, depth),
      ),
};

/** A good one with a piece cut out, doubled, or put elsewhere. */
function broken(): fc.Arbitrary<string> {
  return fc
    .tuple(
      fc.constantFrom(...VALID),
      fc.nat(),
      fc.nat(),
      fc.constantFrom('cut', 'double', 'end', 'insert'),
      fc.string({ unit: 'binary', maxLength: 5 }),
    )
    .map(([document, one, other, act, piece]) => {
      const [from = 0, to = 0] = [one % document.length, other % document.length].sort((a, b) => a - b);
      if (act === 'cut') return document.slice(0, from) + document.slice(to);
      if (act === 'double') return document.slice(0, to) + document.slice(from);
      if (act === 'end') return document.slice(0, to);
      return document.slice(0, to) + piece + document.slice(to);
    });
}

function caseOf(arena: Arena, method: string, body: Buffer, type: string, depth: string): Case {
  const headers = [
    ['Content-Type', type],
    ['Depth', depth],
  ] as const;
  // A lock taken on the way would keep the others from getting as far.
  const target = `${arena.base}/${method === 'LOCK' ? `locked${body.length % 50}` : 'file.txt'}`;
  return { bytes: request(arena, { method, target, headers, body }) };
}
