import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { verifyBlob } from '../../storage/blobs/check.js';
import { createDiskBlobStore } from '../../storage/blobs/disk.js';
import { createMemoryBlobStore } from '../../storage/blobs/memory.js';
import { openSealedReader } from '../../storage/blobs/sealed-reader.js';
import { patterned, replaceSealedBytes, type Sealed, sealBlob, sealedBytes } from './sealing.js';

const FRAME = 65_536;
const SEALED_FRAME = FRAME + 28;
const BYTES = patterned(3 * FRAME + 1000);

/** A blob whose stored bytes went through `change`. */
async function damaged(change: (stored: Buffer) => Buffer, bytes = BYTES): Promise<Sealed> {
  const sealed = await sealBlob(createMemoryBlobStore(), bytes);
  const stored = await sealedBytes(sealed.store, sealed.blobId);
  await replaceSealedBytes(sealed.store, sealed.blobId, change(stored));
  return sealed;
}

/** Reads to the end; gives the bytes that left before the failure, which must be `corrupt`. */
async function bytesBeforeFailure(sealed: Sealed): Promise<Buffer> {
  const pieces: Buffer[] = [];
  const reading = async () => {
    const reader = await openSealedReader(sealed);
    try {
      for await (const piece of reader.stream()) pieces.push(piece);
    } finally {
      await reader.close();
    }
  };
  await expect(reading()).rejects.toMatchObject({ code: 'corrupt' });
  return Buffer.concat(pieces);
}

async function expectFound(sealed: Sealed, problem: string): Promise<void> {
  const left = await bytesBeforeFailure(sealed);
  expect(left.length).toBeLessThan(sealed.sizeBytes);
  expect(left.equals(BYTES.subarray(0, left.length))).toBe(true);
  expect(await verifyBlob(sealed)).toMatchObject({ problem });
}

test('a whole blob passes', async () => {
  expect(await verifyBlob(await damaged((stored) => stored))).toBeNull();
});

test('one flipped bit anywhere is found, and no byte of its frame leaves', async () => {
  const bits = (BYTES.length + 4 * 28) * 8;
  await fc.assert(
    fc.asyncProperty(fc.nat(bits - 1), async (bit) => {
      const sealed = await damaged((stored) => flipped(stored, bit));
      await expectFound(sealed, 'damaged');
      expect((await bytesBeforeFailure(sealed)).length).toBe(Math.floor(bit / 8 / SEALED_FRAME) * FRAME);
    }),
    { numRuns: 100 },
  );
});

test('a damaged frame refuses a range that touches it, and no other', async () => {
  const reader = await openSealedReader(await damaged((stored) => flipped(stored, 8 * (SEALED_FRAME + 500))));
  expect(await reader.read({ start: 0, end: FRAME })).toHaveLength(FRAME);
  expect(await reader.read({ start: 2 * FRAME, end: BYTES.length })).toHaveLength(FRAME + 1000);
  await expect(reader.read({ start: FRAME - 1, end: FRAME + 1 })).rejects.toMatchObject({
    reason: 'damaged',
  });
  await expect(reader.read({ start: FRAME, end: FRAME + 1 })).rejects.toMatchObject({ reason: 'damaged' });
  await reader.close();
});

describe('a wrong length is found before the first byte leaves', () => {
  test.each([0, 1, SEALED_FRAME, 2 * SEALED_FRAME, 3 * SEALED_FRAME, 3 * SEALED_FRAME + 500])(
    'cut to %i bytes',
    async (length) => {
      const sealed = await damaged((stored) => stored.subarray(0, length));
      expect(await bytesBeforeFailure(sealed)).toHaveLength(0);
      expect(await verifyBlob(sealed)).toMatchObject({ problem: 'wrong-size' });
    },
  );

  test.each([1, 28, SEALED_FRAME])('%i bytes appended', async (count) => {
    const sealed = await damaged((stored) => Buffer.concat([stored, Buffer.alloc(count)]));
    expect(await bytesBeforeFailure(sealed)).toHaveLength(0);
    expect(await verifyBlob(sealed)).toMatchObject({ problem: 'wrong-size' });
  });
});

test('cut at a frame border with a size to match, the last frame still lacks its mark', async () => {
  const sealed = await damaged((stored) => stored.subarray(0, 2 * SEALED_FRAME));
  await expectFound({ ...sealed, sizeBytes: 2 * FRAME }, 'damaged');
});

test('a marked last frame followed by more is found', async () => {
  const bytes = BYTES.subarray(0, 2 * FRAME);
  const sealed = await damaged((stored) => Buffer.concat([stored, stored.subarray(SEALED_FRAME)]), bytes);
  await expectFound({ ...sealed, sizeBytes: 3 * FRAME }, 'damaged');
});

test('frames that changed places are found', async () => {
  const frame = (stored: Buffer, index: number) =>
    stored.subarray(index * SEALED_FRAME, (index + 1) * SEALED_FRAME);
  const sealed = await damaged((stored) => Buffer.concat([0, 2, 1, 3].map((index) => frame(stored, index))));
  await expectFound(sealed, 'damaged');
});

test('two blobs that changed places are found, even under one key', async () => {
  const store = createMemoryBlobStore();
  const one = await sealBlob(store, BYTES);
  const two = await sealBlob(store, patterned(BYTES.length, 7));
  const [first, second] = [await sealedBytes(store, one.blobId), await sealedBytes(store, two.blobId)];
  await replaceSealedBytes(store, one.blobId, second);
  await replaceSealedBytes(store, two.blobId, first);
  for (const sealed of [one, two]) {
    expect(await bytesBeforeFailure(sealed)).toHaveLength(0);
    expect(await verifyBlob(sealed)).toMatchObject({ problem: 'damaged' });
  }
  expect(await bytesBeforeFailure({ ...one, key: two.key })).toHaveLength(0);
});

test('another key opens nothing', async () => {
  const sealed = await damaged((stored) => stored);
  expect(await bytesBeforeFailure({ ...sealed, key: randomBytes(32) })).toHaveLength(0);
});

test('the check tells a missing blob and a wrong digest', async () => {
  const sealed = await damaged((stored) => stored);
  expect(await verifyBlob({ ...sealed, blobId: randomUUID() })).toMatchObject({ problem: 'missing' });
  expect(await verifyBlob({ ...sealed, sha256: '0'.repeat(64) })).toMatchObject({
    problem: 'wrong-digest',
    detail: expect.stringContaining(sealed.sha256),
  });
});

test('a file cut short while it is read never ends as whole', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'peps-damage-'));
  const store = await createDiskBlobStore(directory);
  const sealed = await sealBlob(store, patterned(60 * FRAME));
  const reader = await openSealedReader(sealed);
  const reading = async () => {
    for await (const piece of reader.stream()) {
      expect(piece).toHaveLength(FRAME);
      const file = await open(join(directory, 'blobs', sealed.blobId.slice(0, 2), sealed.blobId), 'r+');
      await file.truncate(20 * SEALED_FRAME);
      await file.close();
    }
  };
  await expect(reading()).rejects.toMatchObject({ code: 'corrupt', reason: 'damaged' });
  await reader.close();
  await rm(directory, { recursive: true });
});

function flipped(stored: Buffer, bit: number): Buffer {
  const copy = Buffer.from(stored);
  const at = Math.floor(bit / 8);
  copy.writeUInt8(copy.readUInt8(at) ^ (1 << (bit % 8)), at);
  return copy;
}
