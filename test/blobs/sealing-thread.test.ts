import { spawnSync } from 'node:child_process';
import type { Worker } from 'node:worker_threads';
import fc from 'fast-check';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import type { Staged } from '../../storage/blobs/blob-store.js';
import { resumeSealedWriter, type SealedWriter } from '../../storage/blobs/sealed-writer.js';
import { begin as beginWith, expectContent, patterned, sha256 } from './sealing.js';

const FRAME = 65_536;
const MIB = 1_048_576;

/** Every thread that was started in this process. */
const threads: Worker[] = [];
beforeAll(() => {
  process.on('worker', (worker) => threads.push(worker));
});

/** Writing and reading last a moment, so that much is under way at the same time. */
const begin = () =>
  beginWith((disk) => ({
    write: (bytes, offset) => moment().then(() => disk.write(bytes, offset)),
    read: (offset, length) => moment().then(() => disk.read(offset, length)),
    truncate: (sizeBytes) => disk.truncate(sizeBytes),
    sync: () => disk.sync(),
    publish: () => disk.publish(),
    park: () => disk.park(),
    discard: () => disk.discard(),
  }));

function moment(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** In pieces that no frame begins with, none waiting for the one before. */
async function writeAll(writer: SealedWriter, bytes: Buffer, from = 0): Promise<void> {
  const pieces: Promise<void>[] = [];
  for (let at = 0; at < bytes.length; at += 100_000)
    pieces.push(writer.write(bytes.subarray(at, at + 100_000), from + at));
  await Promise.all(pieces);
}

describe('the thread that seals', () => {
  test('is not begun for files of up to 1 MiB, whatever is done to them', async () => {
    for (const size of [1, FRAME, MIB]) {
      const deposit = await begin();
      const bytes = patterned(size);
      await writeAll(deposit.writer, bytes);
      await deposit.writer.read({ start: 0, end: size });
      bytes.write('x', size - 1);
      await deposit.writer.write(Buffer.from('x'), size - 1);
      await expectContent(deposit, bytes);
    }
    expect(threads.length).toBe(0);
  });

  test('serves every larger file, at the same time and one after the other', async () => {
    const sizes = [MIB + 1, 2 * MIB, 5 * MIB + 7, 64 * FRAME + FRAME - 1];
    for (const round of [1, 2])
      await Promise.all(
        sizes.map(async (size) => {
          const deposit = await begin();
          const bytes = patterned(size, round);
          await writeAll(deposit.writer, bytes);
          await expectContent(deposit, bytes);
        }),
      );
    expect(threads.length).toBe(1);
  });

  test('does not keep a process that has nothing else to do', () => {
    const built = new URL('../../dist/storage/blobs/', import.meta.url).href;
    const program = `(async () => {
      const { createMemoryBlobStore } = await import('${built}memory.js');
      const { createSealedWriter } = await import('${built}sealed-writer.js');
      const store = createMemoryBlobStore();
      const blobId = store.newId();
      const writer = createSealedWriter({ staged: await store.stage(blobId), blobId, key: Buffer.alloc(32) });
      const busy = setInterval(() => {}, 1000);
      await writer.write(Buffer.alloc(${3 * MIB}), 0);
      console.log((await writer.finish()).sizeBytes);
      clearInterval(busy);
    })();`;
    const { status, stdout } = spawnSync(process.execPath, ['-e', program], { timeout: 20_000 });
    expect([status, String(stdout)]).toEqual([0, `${3 * MIB}\n`]);
  });

  test.each([
    ['while bytes come', async () => {}],
    ['before the end', (writer: SealedWriter) => writer.read({ start: 0, end: 1 })],
  ])('that dies %s takes the upload with it, and the next has another', async (_, meanwhile) => {
    const deposit = await begin();
    const bytes = patterned(4 * MIB);
    const before = threads.length;
    await writeAll(deposit.writer, bytes);
    await meanwhile(deposit.writer);
    await threads.at(-1)?.terminate();
    await expect(deposit.writer.finish()).rejects.toThrow('The thread that seals has ended.');
    await expect(deposit.writer.write(Buffer.alloc(1), 0)).rejects.toThrow('has ended');
    await expect(deposit.writer.finish()).rejects.toThrow('has ended');
    const next = await begin();
    await writeAll(next.writer, bytes);
    await expectContent(next, bytes);
    expect(threads.length).toBe(before + 1);
  });

  test('lets go of an upload that ends with frames on their way', async () => {
    const { writer, staged } = await begin();
    const writing = writeAll(writer, patterned(6 * MIB));
    await moment();
    writer.end();
    await staged.discard();
    await expect(writing).rejects.toThrow('has ended');
    const next = await begin();
    const bytes = patterned(3 * MIB);
    await writeAll(next.writer, bytes);
    await expectContent(next, bytes);
  });
});

describe('the digest of a large file', () => {
  test('that was cut off to nothing is that of nothing', async () => {
    const { writer } = await begin();
    await writeAll(writer, patterned(3 * MIB));
    await writer.truncate(0);
    expect(await writer.finish()).toEqual({ sizeBytes: 0, sha256: sha256(Buffer.alloc(0)) });
  });

  test('that goes on is of what was kept and what comes, of which little is read back', async () => {
    const bytes = patterned(300 * FRAME);
    const first = await left(bytes, 100);
    let readBytes = 0;
    const staged: Staged = {
      ...first.staged,
      write: async (sealed, offset) => {
        await new Promise((resolve) => setTimeout(resolve, 10));
        await first.staged.write(sealed, offset);
      },
      read: async (offset, length) => {
        const sealed = await first.staged.read(offset, length);
        readBytes += sealed.length;
        return sealed;
      },
    };
    const writer = resumeSealedWriter({ ...first, staged, keptFrames: 100 });
    for (let frame = 100; frame < 300; frame += 1) {
      await writer.write(bytes.subarray(frame * FRAME, (frame + 1) * FRAME), frame * FRAME);
      if (frame === 200) await vi.waitFor(() => expect(readBytes).toBeGreaterThan(100 * FRAME));
    }
    await expectContent({ ...first, writer }, bytes);
    expect(readBytes).toBeLessThan(250 * FRAME);
  });

  test('has nothing of a kept frame that changes while it is read', async () => {
    const bytes = patterned(3 * MIB);
    const first = await left(bytes, 40);
    const { staged, letGo } = heldReading(first.staged);
    const writer = resumeSealedWriter({ ...first, staged, keptFrames: 40 });
    await moment();
    bytes.fill(7, 0, 20 * FRAME);
    await writer.write(bytes.subarray(0, 20 * FRAME), 0);
    await moment();
    letGo();
    await writeAll(writer, bytes.subarray(40 * FRAME), 40 * FRAME);
    await expectContent({ ...first, writer }, bytes);
  });

  test('is right when the kept frames are read while the last one is sealed', async () => {
    const bytes = patterned(200 * FRAME);
    const first = await left(bytes, 100);
    const { staged, letGo } = heldReading(first.staged);
    const writer = resumeSealedWriter({ ...first, staged, keptFrames: 100 });
    await writeAll(writer, bytes.subarray(100 * FRAME), 100 * FRAME);
    setTimeout(letGo, 100);
    await expectContent({ ...first, writer }, bytes);
  });
});

/** An upload that was left with so many frames, to be gone on with. */
async function left(bytes: Buffer, keptFrames: number) {
  const deposit = await begin();
  await writeAll(deposit.writer, bytes.subarray(0, (keptFrames + 1) * FRAME));
  await deposit.writer.keep(keptFrames);
  return deposit;
}

/** What is read is what lies there now, and arrives only when it is let go. */
function heldReading(staged: Staged) {
  let letGo = () => {};
  const gate = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  const read = async (offset: number, length: number) => {
    const bytes = await staged.read(offset, length);
    await gate;
    return bytes;
  };
  return { staged: { ...staged, read }, letGo: () => letGo() };
}

describe('a large file in any order', () => {
  const place = fc.oneof(
    { weight: 2, arbitrary: fc.constant('end' as const) },
    { weight: 2, arbitrary: fc.nat(60 * FRAME) },
    { weight: 1, arbitrary: fc.nat(60).map((frame) => frame * FRAME) },
  );
  const length = fc.oneof(fc.nat(200), fc.nat(4 * FRAME), fc.integer({ min: 16 * FRAME, max: 40 * FRAME }));
  const act = fc.record({
    kind: fc.constantFrom('write', 'write', 'write', 'read', 'truncate'),
    place,
    length,
    isAwaited: fc.boolean(),
  });

  test('has the bytes and the digest that a plain buffer has', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(act, { maxLength: 16 }), fc.nat(50 * FRAME), async (acts, firstBytes) => {
        const deposit = await begin();
        const { writer } = deposit;
        let model = patterned(firstBytes + 1);
        let written: Buffer = Buffer.alloc(model.length, 1);
        const running: Promise<unknown>[] = [writeAll(writer, Buffer.from(model))];
        for (const [seed, step] of acts.entries()) {
          const at = step.place === 'end' ? model.length : step.place;
          if (step.kind === 'read') {
            const expected = Buffer.from(model.subarray(at, at + step.length));
            const reading = writer.read({ start: at, end: at + step.length });
            running.push(reading.then((bytes) => expect(bytes.equals(expected)).toBe(true)));
          } else if (step.kind === 'truncate') {
            [model, written] = [resized(model, at), resized(written, at)];
            running.push(writer.truncate(at));
          } else if (step.length > 0) {
            const chunk = patterned(step.length, seed + 1);
            const size = Math.max(model.length, at + step.length);
            [model, written] = [resized(model, size), resized(written, size)];
            chunk.copy(model, at);
            written.fill(1, at, at + step.length);
            running.push(writeAll(writer, chunk, at));
          }
          if (step.isAwaited) await Promise.all(running.splice(0));
        }
        await Promise.all(running);
        for (let at = written.indexOf(0); at !== -1; at = written.indexOf(0, at)) {
          const next = written.indexOf(1, at);
          const filling = patterned((next === -1 ? written.length : next) - at, 99);
          await writeAll(writer, filling, at);
          filling.copy(model, at);
          written.fill(1, at, at + filling.length);
        }
        if (model.length > 0) await expectContent(deposit, model);
      }),
      { numRuns: 60 },
    );
  }, 120_000);
});

function resized(bytes: Buffer, sizeBytes: number): Buffer {
  const copy = Buffer.alloc(sizeBytes);
  bytes.copy(copy);
  return copy;
}
