import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Staged } from '../../storage/blobs/blob-store.js';
import {
  createSealedWriter,
  resumeSealedWriter,
  type SealedWriter,
} from '../../storage/blobs/sealed-writer.js';
import { countWholeFrames } from '../../storage/blobs/whole-frames.js';
import { begin, type Deposit, expectContent, patterned, sealedBytes } from './sealing.js';

const FRAME = 65_536;
const SEALED_FRAME = FRAME + 28;

async function park(deposit: Deposit, frames: number): Promise<void> {
  await deposit.writer.keep(frames);
  await deposit.staged.park();
}

async function resume(deposit: Deposit, keptFrames: number): Promise<Deposit> {
  const staged = await deposit.store.resume(deposit.blobId);
  return { ...deposit, staged, writer: resumeSealedWriter({ ...deposit, staged, keptFrames }) };
}

async function writeAll(writer: SealedWriter, bytes: Buffer, from: number, piece = 32_768): Promise<void> {
  for (let at = from; at < bytes.length; at += piece) await writer.write(bytes.subarray(at, at + piece), at);
}

describe('a writer that goes on behind kept frames', () => {
  test.each([1, 15, 16, 17, 40])('%i frames kept of a longer file', async (frames) => {
    const bytes = patterned(60 * FRAME + 1234);
    const first = await begin();
    await writeAll(first.writer, bytes.subarray(0, 45 * FRAME + 99), 0);
    await park(first, frames);
    const second = await resume(first, frames);
    expect(second.writer.sizeBytes).toBe(frames * FRAME);
    await writeAll(second.writer, bytes, frames * FRAME);
    await expectContent(second, bytes);
  });

  test('the file may end exactly where it was left', async () => {
    const bytes = patterned(20 * FRAME);
    const first = await begin();
    await writeAll(first.writer, bytes, 0);
    await park(first, 20);
    await expectContent(await resume(first, 20), bytes);
  });

  test('left and gone on with again and again', async () => {
    const bytes = patterned(50 * FRAME + 7);
    let deposit = await begin();
    let kept = 0;
    for (const end of [12, 25, 26, 49]) {
      await writeAll(deposit.writer, bytes.subarray(0, end * FRAME + 5), kept * FRAME);
      kept = end - 1;
      await park(deposit, kept);
      deposit = await resume(deposit, kept);
    }
    await writeAll(deposit.writer, bytes, kept * FRAME);
    await expectContent(deposit, bytes);
  });

  test('bytes that were kept may be read, changed and cut', async () => {
    const bytes = patterned(64 * FRAME);
    const first = await begin();
    await writeAll(first.writer, bytes, 0);
    await park(first, 60);
    const second = await resume(first, 60);
    expect(
      (await second.writer.read({ start: 100, end: 3 * FRAME })).equals(bytes.subarray(100, 3 * FRAME)),
    ).toBe(true);
    const expected = Buffer.from(bytes.subarray(0, 33 * FRAME + 10));
    for (const [at, text] of [
      [0, 'head'],
      [31 * FRAME - 3, 'between'],
      [5, 'again'],
    ] as const) {
      await second.writer.write(Buffer.from(text), at);
      expected.write(text, at);
    }
    await second.writer.truncate(33 * FRAME + 10);
    await expectContent(second, expected);
  });

  test('any order of writing ends in the bytes that were written and their digest', async () => {
    const size = 40 * FRAME;
    const step = fc.record({
      at: fc.nat(size - 1),
      length: fc.integer({ min: 1, max: 3 * FRAME }),
      seed: fc.nat(255),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 34 }),
        fc.array(step, { maxLength: 12 }),
        async (kept, steps) => {
          const expected = patterned(size);
          const first = await begin();
          await writeAll(first.writer, expected.subarray(0, 36 * FRAME), 0, 3 * FRAME);
          await park(first, kept);
          const second = await resume(first, kept);
          for (const { at, length, seed } of steps) {
            const piece = Buffer.alloc(Math.min(length, size - at), seed);
            await second.writer.write(piece, at);
            piece.copy(expected, at);
          }
          // What no step wrote comes last, backwards.
          const gaps = expected.subarray(kept * FRAME);
          for (let at = gaps.length - FRAME; at >= 0; at -= FRAME)
            await second.writer.write(gaps.subarray(at, at + FRAME), kept * FRAME + at);
          await expectContent(second, expected);
        },
      ),
      { numRuns: 15 },
    );
  });

  test('a kept frame that is not what was sealed ends the upload', async () => {
    const bytes = patterned(30 * FRAME);
    const first = await begin();
    await writeAll(first.writer, bytes, 0);
    await park(first, 28);
    const vandal = await first.store.resume(first.blobId);
    await vandal.write(Buffer.from('x'), 7 * SEALED_FRAME + 500);
    await vandal.park();
    const second = await resume(first, 28);
    await writeAll(second.writer, bytes, 28 * FRAME);
    await expect(second.writer.finish()).rejects.toMatchObject({ code: 'corrupt', reason: 'damaged' });
    await expect(second.writer.finish()).rejects.toMatchObject({ code: 'corrupt' });
  });

  test('the last frame is sealed anew: no nonce is ever used twice', async () => {
    const nonces: string[] = [];
    const watch = (staged: Staged): Staged => ({
      write: (bytes, offset) => {
        for (let at = 0; at < bytes.length; at += SEALED_FRAME)
          nonces.push(bytes.toString('hex', at, at + 12));
        return staged.write(bytes, offset);
      },
      read: (offset, length) => staged.read(offset, length),
      truncate: (sizeBytes) => staged.truncate(sizeBytes),
      sync: () => staged.sync(),
      publish: () => staged.publish(),
      park: () => staged.park(),
      discard: () => staged.discard(),
    });
    const bytes = patterned(20 * FRAME);
    const first = await begin();
    const staged = watch(first.staged);
    await writeAll(createSealedWriter({ ...first, staged }), bytes, 0);
    const before = nonces.length;
    await park({ ...first, staged, writer: first.writer }, 0);
    const again = { ...first, staged: watch(await first.store.resume(first.blobId)) };
    const writer = createSealedWriter(again);
    await writeAll(writer, bytes, 0);
    await park({ ...again, writer }, 20);
    const last = watch(await first.store.resume(first.blobId));
    const ending = {
      ...first,
      staged: last,
      writer: resumeSealedWriter({ ...first, staged: last, keptFrames: 20 }),
    };
    await expectContent(ending, bytes);
    expect(nonces.length).toBeGreaterThan(before + 20);
    expect(new Set(nonces).size).toBe(nonces.length);
    const stored = await sealedBytes(first.store, first.blobId);
    expect(stored.toString('hex', 19 * SEALED_FRAME, 19 * SEALED_FRAME + 12)).toBe(nonces.at(-1));
  });

  test('frames with holes cannot be kept, and one that was ended takes nothing', async () => {
    const deposit = await begin();
    await deposit.writer.write(Buffer.alloc(FRAME), FRAME);
    await expect(deposit.writer.keep(1)).rejects.toThrow('holes');
    await deposit.writer.write(Buffer.alloc(FRAME), 0);
    await deposit.writer.keep(1);
    await expect(deposit.writer.write(Buffer.alloc(1), 0)).rejects.toThrow('ended');
    await expect(deposit.writer.finish()).rejects.toThrow('ended');
    expect((await deposit.staged.read(0, 10 * SEALED_FRAME)).length).toBe(SEALED_FRAME);
  });
});

describe('whole frames in a staging file somebody left', () => {
  test('end at a torn one', async () => {
    const deposit = await begin();
    await writeAll(deposit.writer, patterned(40 * FRAME), 0);
    await park(deposit, 38);
    const staged = await deposit.store.resume(deposit.blobId);
    const target = { ...deposit, staged };
    expect(await countWholeFrames(target, 0)).toBe(38);
    expect(await countWholeFrames(target, 38)).toBe(38);
    await staged.truncate(20 * SEALED_FRAME + 1000);
    expect(await countWholeFrames(target, 20)).toBe(20);
    await staged.truncate(0);
    expect(await countWholeFrames(target, 20)).toBe(0);
  });

  test('are looked for from the start when the first of those looked at is lost', async () => {
    const deposit = await begin();
    await writeAll(deposit.writer, Buffer.alloc(1100 * FRAME), 0, 16 * FRAME);
    await park(deposit, 1100);
    const staged = await deposit.store.resume(deposit.blobId);
    const target = { ...deposit, staged };
    const reread = 66 * 16;
    await staged.write(Buffer.from('lost'), 30 * SEALED_FRAME);
    expect(await countWholeFrames(target, 1100)).toBe(1100);
    await staged.write(Buffer.from('lost'), 1070 * SEALED_FRAME);
    expect(await countWholeFrames(target, 1100)).toBe(1070);
    await staged.write(Buffer.from('lost'), (1100 - reread) * SEALED_FRAME);
    expect(await countWholeFrames(target, 1100)).toBe(30);
  });
});
