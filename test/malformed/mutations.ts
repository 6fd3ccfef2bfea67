import fc from 'fast-check';
import { type Arena, type Case, type CaseClass, request } from './cases.js';

/** Good requests with some bytes turned, dropped, doubled or put in. */
export const mutations: CaseClass = {
  name: 'mutations',
  share: 10,
  arbitrary: (arena) =>
    fc
      .tuple(fc.constantFrom(...good(arena)), fc.array(mutation(), { minLength: 1, maxLength: 3 }))
      .map(([bytes, mutate]): Case => ({ bytes: mutate.reduce((now, act) => act(now), bytes) })),
};

function mutation(): fc.Arbitrary<(bytes: Buffer) => Buffer> {
  return fc
    .record({
      kind: fc.constantFrom('turn', 'turn', 'turn', 'turn', 'drop', 'double', 'insert', 'end'),
      at: fc.nat(),
      length: fc.integer({ min: 1, max: 30 }),
      bytes: fc.uint8Array({ minLength: 1, maxLength: 8 }),
    })
    .map(({ kind, at, length, bytes }) => (before: Buffer) => {
      const start = at % Math.max(1, before.length);
      const [head, tail] = [before.subarray(0, start), before.subarray(start)];
      if (kind === 'turn') return Buffer.concat([head, Buffer.from(bytes), tail.subarray(bytes.length)]);
      if (kind === 'drop') return Buffer.concat([head, tail.subarray(length)]);
      if (kind === 'double') return Buffer.concat([head, tail.subarray(0, length), tail]);
      if (kind === 'insert') return Buffer.concat([head, Buffer.from(bytes), tail]);
      return head;
    });
}

function good(arena: Arena): readonly Buffer[] {
  const target = `${arena.base}/mutated`;
  const patch =
    '<D:propertyupdate xmlns:D="DAV:"><D:set><D:prop><x xmlns="u">z</x></D:prop></D:set></D:propertyupdate>';
  const lock =
    '<D:lockinfo xmlns:D="DAV:"><D:lockscope><D:shared/></D:lockscope><D:locktype><D:write/></D:locktype></D:lockinfo>';
  return [
    request(arena, { method: 'PUT', target, headers: [['If-None-Match', '"x"']], body: 'hello' }),
    request(arena, { method: 'GET', target: `${arena.base}/file.txt`, headers: [['Range', 'bytes=0-3']] }),
    request(arena, { method: 'PROPPATCH', target: `${arena.base}/sub`, headers: [], body: patch }),
    request(arena, {
      method: 'LOCK',
      target: `${arena.base}/locked`,
      headers: [['Timeout', 'Second-1']],
      body: lock,
    }),
    request(arena, { method: 'COPY', target: `${arena.base}/file.txt`, headers: [['Destination', target]] }),
    request(arena, { method: 'PROPFIND', target: arena.base, headers: [['Depth', '0']] }),
  ];
}
