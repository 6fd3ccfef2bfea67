import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  createPacketSplitter,
  encodeAnswer,
  MAX_PACKET_BYTES,
  PacketType,
} from '../../../protocols/sftp/codec.js';
import { REQUESTS } from '../../../protocols/sftp/requests.js';
import { createFieldReader, MalformedPacket, string, uint32 } from '../../../protocols/sftp/wire.js';

const bytes = (maxLength: number) => fc.uint8Array({ maxLength }).map((array) => Buffer.from(array));
const packet = fc.uint8Array({ minLength: 1, maxLength: 300 }).map((array) => Buffer.from(array));

function split(chunks: readonly Buffer[]): Buffer[] {
  const splitter = createPacketSplitter();
  const packets: Buffer[] = [];
  for (const chunk of chunks) {
    splitter.push(chunk);
    for (let next = splitter.next(); next; next = splitter.next()) packets.push(next);
  }
  return packets;
}

describe('packets', () => {
  test('come out whole and in order, however the stream is cut', () => {
    const property = fc.property(
      fc.array(packet, { maxLength: 12 }),
      fc.array(fc.integer({ min: 1, max: 97 }), { minLength: 1, maxLength: 20 }),
      (packets, sizes) => {
        const stream = Buffer.concat(packets.flatMap((body) => [uint32(body.length), body]));
        const chunks: Buffer[] = [];
        for (let at = 0, turn = 0; at < stream.length; turn += 1) {
          const size = sizes[turn % sizes.length] ?? 1;
          chunks.push(stream.subarray(at, at + size));
          at += size;
        }
        expect(split(chunks)).toEqual(packets);
      },
    );
    fc.assert(property, { numRuns: 5_000 });
  });

  test('of the largest size pass, byte by byte too', () => {
    const body = Buffer.alloc(MAX_PACKET_BYTES, 7);
    const stream = Buffer.concat([uint32(body.length), body]);
    const single = Array.from(stream, (_, index) => stream.subarray(index, index + 1));
    for (const packets of [split(single), split([stream])]) {
      expect(packets).toHaveLength(1);
      expect(packets[0]?.equals(body)).toBe(true);
    }
  });

  test('lie in memory that serves again once it is given back, of one size and not shared with others', () => {
    const splitter = createPacketSplitter();
    const next = (content: number, size: number, pieceBytes: number) => {
      const stream = Buffer.concat([uint32(size), Buffer.alloc(size, content)]);
      for (let at = 0; at < stream.length; at += pieceBytes)
        splitter.push(stream.subarray(at, at + pieceBytes));
      const body = splitter.next() ?? Buffer.alloc(0);
      expect(body.equals(Buffer.alloc(size, content))).toBe(true);
      return body;
    };
    const first = next(1, 32_000, 10_000);
    const second = next(2, 32_000, 10_000);
    splitter.giveBack(first);
    expect(next(3, 32_000, 10_000).buffer).toBe(first.buffer);
    expect(second.equals(Buffer.alloc(32_000, 2))).toBe(true);
    // Another size, a view on a chunk, and what Node cut from its pool.
    splitter.giveBack(second);
    expect(next(4, 31_000, 10_000).buffer).not.toBe(second.buffer);
    for (const [size, pieceBytes] of [
      [32_000, 100_000],
      [200, 60],
    ] as const) {
      const foreign = next(5, size, pieceBytes);
      splitter.giveBack(foreign);
      expect(next(6, size, pieceBytes)).not.toBe(foreign);
      expect(foreign.equals(Buffer.alloc(size, 5))).toBe(true);
    }
  });

  test.each([0, MAX_PACKET_BYTES + 1, 0x7fffffff, 0xffffffff])(
    'that announce %i bytes are malformed',
    (size) => {
      expect(() => split([uint32(size), Buffer.alloc(8)])).toThrow(MalformedPacket);
    },
  );

  test('of random bytes are cut or refused, never anything else', () => {
    const property = fc.property(fc.array(bytes(64), { maxLength: 8 }), (chunks) => {
      try {
        split(chunks);
      } catch (error) {
        expect(error).toBeInstanceOf(MalformedPacket);
      }
    });
    fc.assert(property, { numRuns: 1_000 });
  });

  test('of an answer hold its id and the length they announce', () => {
    const lengths = fc.oneof(fc.nat(500), fc.integer({ min: 32_740, max: 32_780 }), fc.nat(261_120));
    const property = fc.property(
      fc.integer({ min: 0, max: 0xffffffff }),
      lengths,
      fc.nat(),
      (id, size, cut) => {
        const data = randomBytes(size);
        const pieces = [data.subarray(0, cut % (size + 1)), data.subarray(cut % (size + 1))];
        const encoded = Buffer.concat(encodeAnswer(id, { kind: 'data', data: pieces, left: () => {} }));
        const fields = createFieldReader(encoded);
        expect(fields.uint32()).toBe(encoded.length - 4);
        expect(fields.uint8()).toBe(PacketType.DATA);
        expect(fields.uint32()).toBe(id);
        expect(fields.string().equals(data)).toBe(true);
      },
    );
    fc.assert(property, { numRuns: 200 });
  });
});

test('every request of version 3 but links is served', () => {
  const served = [...REQUESTS.keys()];
  const { INIT, VERSION, STATUS, HANDLE, DATA, NAME, ATTRS, EXTENDED_REPLY, ...requests } = PacketType;
  expect(
    [INIT, VERSION, STATUS, HANDLE, DATA, NAME, ATTRS, EXTENDED_REPLY].some((type) => served.includes(type)),
  ).toBe(false);
  const missing = Object.entries(requests).filter(([, type]) => !served.includes(type));
  expect(missing.map(([name]) => name)).toEqual(['READLINK', 'SYMLINK']);
});

test('a field that is longer than its packet is malformed', () => {
  const fields = createFieldReader(Buffer.concat([uint32(9), Buffer.from('short')]));
  expect(() => fields.string()).toThrow(MalformedPacket);
  expect(createFieldReader(string('whole')).string().toString()).toBe('whole');
});
