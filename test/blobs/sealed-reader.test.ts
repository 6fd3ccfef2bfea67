import { createDecipheriv, randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createDiskBlobStore } from '../../storage/blobs/disk.js';
import { createMemoryBlobStore } from '../../storage/blobs/memory.js';
import { createSealedReader, openSealedReader } from '../../storage/blobs/sealed-reader.js';
import { patterned, type Sealed, sealBlob, sealedBytes } from './sealing.js';

const FRAME = 65_536;
const SEALED_FRAME = FRAME + 28;

describe('ranges', () => {
  const bytes = patterned(20 * FRAME + 777);
  let sealed: Sealed;
  beforeAll(async () => {
    sealed = await sealBlob(createMemoryBlobStore(), bytes);
  });

  test('read and stream give what was asked, shorter only at the end', async () => {
    const reader = await openSealedReader(sealed);
    const border = fc.oneof(
      fc.nat(22 * FRAME),
      fc
        .tuple(fc.nat(21), fc.integer({ min: -2, max: 2 }))
        .map(([frame, by]) => Math.max(0, frame * FRAME + by)),
    );
    await fc.assert(
      fc.asyncProperty(border, fc.oneof(fc.nat(300), fc.nat(21 * FRAME)), async (start, length) => {
        const range = { start, end: start + length };
        const expected = bytes.subarray(start, start + length);
        expect((await reader.read(range)).equals(expected)).toBe(true);
        expect((await buffer(reader.stream(range))).equals(expected)).toBe(true);
      }),
      { numRuns: 200 },
    );
    expect((await buffer(reader.stream())).equals(bytes)).toBe(true);
    await reader.close();
  });

  test.each([
    [16_384, 40, 10],
    // What OpenSSH asks for at a time: a frame's end here, a frame's start there.
    [261_120, 5, 20],
  ])('pieces of %i bytes read at the same time fetch no frame twice', async (sizeBytes, count, frames) => {
    let fetched = 0;
    const blob = await sealed.store.open(sealed.blobId);
    const reader = createSealedReader({
      ...sealed,
      blob: {
        sizeBytes: blob.sizeBytes,
        read: (offset, length) => {
          fetched += length / SEALED_FRAME;
          return blob.read(offset, length);
        },
        close: () => blob.close(),
      },
    });
    const pieces = await Promise.all(
      Array.from({ length: count }, (_, place) =>
        reader.read({ start: place * sizeBytes, end: (place + 1) * sizeBytes }),
      ),
    );
    expect(Buffer.concat(pieces).equals(bytes.subarray(0, count * sizeBytes))).toBe(true);
    expect(fetched).toBe(frames);
    await reader.close();
  });

  test('what a caller does to its piece does not reach the next reader', async () => {
    const reader = await openSealedReader(sealed);
    (await reader.read({ start: 0, end: 100 })).fill(0);
    expect((await reader.read({ start: 0, end: 100 })).equals(bytes.subarray(0, 100))).toBe(true);
    await reader.close();
  });
});

/** Lets other readers have their turn after each piece. */
async function slowly(stream: Readable): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of stream) {
    pieces.push(piece);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  return Buffer.concat(pieces);
}

describe('streams on a disk', () => {
  const bytes = patterned(100 * FRAME);
  let directory: string;
  let sealed: Sealed;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'peps-reader-'));
    sealed = await sealBlob(await createDiskBlobStore(directory), bytes);
  });
  afterAll(() => rm(directory, { recursive: true }));

  test('a client that stops reading holds two groups of frames, not the file', async () => {
    let fetchedBytes = 0;
    const blob = await sealed.store.open(sealed.blobId);
    const reader = createSealedReader({
      ...sealed,
      blob: {
        sizeBytes: blob.sizeBytes,
        read: (offset, length) => {
          fetchedBytes += length;
          return blob.read(offset, length);
        },
        close: () => blob.close(),
      },
    });
    const stream = reader.stream();
    for await (const piece of stream) {
      expect(piece).toHaveLength(FRAME);
      await new Promise((resolve) => setTimeout(resolve, 50));
      break;
    }
    expect(fetchedBytes).toBeLessThanOrEqual(16 * SEALED_FRAME);
    expect(stream.destroyed).toBe(true);
    await reader.close();
  });

  test('readings at the same time do not disturb each other, though some are given up', async () => {
    const reader = await openSealedReader(sealed);
    const readings = Array.from({ length: 24 }, async (_, place) => {
      const range = { start: place * 3 * FRAME + place, end: (place * 3 + 30) * FRAME };
      const stream = reader.stream(range);
      const expected = bytes.subarray(range.start, range.end);
      if (place % 4 === 3) for await (const _piece of stream) break;
      else if (place % 4 === 2) expect((await reader.read(range)).equals(expected)).toBe(true);
      else expect((await slowly(stream)).equals(expected)).toBe(true);
    });
    await Promise.all(readings);
    await reader.close();
  });

  test('a stream destroyed on its way leaves the reader usable', async () => {
    const reader = await openSealedReader(sealed);
    for (let round = 0; round < 20; round += 1) {
      const stream = reader.stream({ start: round * FRAME, end: bytes.length });
      if (round % 2 === 0) stream.resume();
      await new Promise((resolve) => setTimeout(resolve, round % 5));
      stream.destroy();
    }
    expect((await buffer(reader.stream())).equals(bytes)).toBe(true);
    await reader.close();
    await reader.close();
  });

  test('a failure behind a stream that was destroyed ends nothing else', async () => {
    let closings = 0;
    const blob = await sealed.store.open(sealed.blobId);
    const reader = createSealedReader({
      ...sealed,
      blob: {
        sizeBytes: blob.sizeBytes,
        read: async (offset, length) => {
          if (offset === 0) return blob.read(offset, length);
          await new Promise((resolve) => setTimeout(resolve, 20));
          throw new Error('The device is gone.');
        },
        close: () => {
          closings += 1;
          return blob.close();
        },
      },
    });
    for await (const piece of reader.stream()) {
      expect(piece).toHaveLength(FRAME);
      break;
    }
    await new Promise((resolve) => setTimeout(resolve, 60));
    await Promise.all([reader.close(), reader.close()]);
    expect(closings).toBe(1);
  });

  test('two streams of one reader do not disturb each other', async () => {
    const reader = await openSealedReader(sealed);
    const [first, second] = await Promise.all([
      buffer(reader.stream()),
      buffer(reader.stream({ start: 5, end: 50 * FRAME })),
    ]);
    expect(first.equals(bytes)).toBe(true);
    expect(second.equals(bytes.subarray(5, 50 * FRAME))).toBe(true);
    await reader.close();
  });
});

test('the stored form is what the format says, so that another program could read it', async () => {
  const bytes = patterned(2 * FRAME + 100);
  const { store, blobId, key } = await sealBlob(createMemoryBlobStore(), bytes);
  const stored = await sealedBytes(store, blobId);
  expect(stored).toHaveLength(2 * FRAME + 100 + 3 * 28);
  const plain = [0, 1, 2].map((index) => {
    const frame = stored.subarray(index * SEALED_FRAME, (index + 1) * SEALED_FRAME);
    const associated = Buffer.from(
      blobId.replaceAll('-', '') + index.toString(16).padStart(16, '0') + (index === 2 ? '01' : '00'),
      'hex',
    );
    const decipher = createDecipheriv('aes-256-gcm', key, frame.subarray(0, 12)).setAAD(associated);
    decipher.setAuthTag(frame.subarray(-16));
    return Buffer.concat([decipher.update(frame.subarray(12, -16)), decipher.final()]);
  });
  expect(Buffer.concat(plain).equals(bytes)).toBe(true);
});

test('a missing blob is told as such', async () => {
  const sealed = await sealBlob(createMemoryBlobStore(), Buffer.from('x'));
  await expect(openSealedReader({ ...sealed, blobId: randomUUID() })).rejects.toMatchObject({
    code: 'corrupt',
    reason: 'missing',
  });
});
