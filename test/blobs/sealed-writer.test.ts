import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Staged } from '../../storage/blobs/blob-store.js';
import { begin, expectContent, patterned, sealedBytes } from './sealing.js';

const FRAME = 65_536;
const SEALED_FRAME = FRAME + 28;
const EMPTY_SHA256 = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

describe('bytes in order', () => {
  test.each([1, FRAME - 1, FRAME, FRAME + 1, 3 * FRAME, 20 * FRAME + 5])(
    '%i bytes in pieces of any size',
    async (size) => {
      for (const piece of [size, 32_768, FRAME, 100_001]) {
        const deposit = await begin();
        const bytes = patterned(size);
        for (let at = 0; at < size; at += piece)
          await deposit.writer.write(bytes.subarray(at, at + piece), at);
        expect(deposit.writer.sizeBytes).toBe(size);
        await expectContent(deposit, bytes);
      }
    },
  );

  test('no bytes need no blob', async () => {
    const { writer, staged, store } = await begin();
    expect(writer.hasHole()).toBe(false);
    expect(await writer.finish()).toEqual({ sizeBytes: 0, sha256: EMPTY_SHA256 });
    await staged.discard();
    for await (const { id } of store.list()) expect.unreachable(id);
  });

  test('overlapping calls take effect in their order', async () => {
    const deposit = await begin();
    const bytes = patterned(40 * 32_768);
    await Promise.all(
      Array.from({ length: 40 }, (_, place) =>
        deposit.writer.write(bytes.subarray(place * 32_768, (place + 1) * 32_768), place * 32_768),
      ),
    );
    await expectContent(deposit, bytes);
  });

  test('neighbouring frames go out in few writes', async () => {
    const offsets: number[] = [];
    const deposit = await begin((staged) => ({
      ...decorate(staged),
      write: (bytes, offset) => {
        offsets.push(offset);
        return staged.write(bytes, offset);
      },
    }));
    const bytes = patterned(64 * FRAME);
    for (let at = 0; at < bytes.length; at += FRAME)
      await deposit.writer.write(bytes.subarray(at, at + FRAME), at);
    await expectContent(deposit, bytes);
    expect(offsets).toEqual([0, 16, 32, 48].map((frame) => frame * SEALED_FRAME));
  });

  test('a slow disk holds the caller up: at most three batches wait in memory', async () => {
    let release = () => {};
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    const deposit = await begin((staged) => ({
      ...decorate(staged),
      write: (bytes, offset) => gate.then(() => staged.write(bytes, offset)),
    }));
    const bytes = patterned(64 * FRAME);
    let taken = 0;
    const writing = (async () => {
      for (; taken < 64; taken += 1)
        await deposit.writer.write(bytes.subarray(taken * FRAME, (taken + 1) * FRAME), taken * FRAME);
    })();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(taken).toBeGreaterThanOrEqual(16);
    expect(taken).toBeLessThanOrEqual(49);
    release();
    await writing;
    await expectContent(deposit, bytes);
  });
});

describe('bytes in any order', () => {
  const offset = fc.oneof(
    fc.constant(0),
    fc.nat(5 * FRAME),
    fc
      .tuple(fc.nat(5), fc.integer({ min: -2, max: 2 }))
      .map(([frame, by]) => Math.max(0, frame * FRAME + by)),
  );
  const act = fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({ kind: fc.constant('write' as const), offset, length: fc.nat(2 * FRAME + 10) }),
    },
    {
      weight: 2,
      arbitrary: fc.record({ kind: fc.constant('read' as const), offset, length: fc.nat(3 * FRAME) }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('truncate' as const), offset }) },
  );

  test('a writer behaves like a plain buffer', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(act, { maxLength: 14 }), async (acts) => {
        const deposit = await begin();
        const { writer } = deposit;
        let model: Buffer = Buffer.alloc(0);
        let written: Buffer = Buffer.alloc(0);
        for (const [seed, step] of acts.entries()) {
          if (step.kind === 'write') {
            const chunk = patterned(step.length, seed);
            await writer.write(chunk, step.offset);
            if (step.length === 0) continue;
            const size = Math.max(model.length, step.offset + step.length);
            model = resized(model, size);
            written = resized(written, size);
            chunk.copy(model, step.offset);
            written.fill(1, step.offset, step.offset + step.length);
          } else if (step.kind === 'truncate') {
            await writer.truncate(step.offset);
            model = resized(model, step.offset);
            written = resized(written, step.offset);
          } else {
            const range = { start: step.offset, end: step.offset + step.length };
            expect((await writer.read(range)).equals(model.subarray(range.start, range.end))).toBe(true);
          }
          expect(writer.sizeBytes).toBe(model.length);
          expect(writer.hasHole()).toBe(written.includes(0));
        }
        if (writer.hasHole())
          await expect(writer.finish()).rejects.toMatchObject({ code: 'invalid-input', reason: 'hole' });
        for (let at = written.indexOf(0); at !== -1; at = written.indexOf(0, at)) {
          const next = written.indexOf(1, at);
          const end = next === -1 ? written.length : next;
          const filling = patterned(end - at, 99);
          await writer.write(filling, at);
          filling.copy(model, at);
          written.fill(1, at, end);
        }
        if (model.length > 0) await expectContent(deposit, model);
      }),
      { numRuns: 150 },
    );
  });

  test('more frames than memory holds may wait for their other half', async () => {
    const deposit = await begin();
    const bytes = patterned(200 * FRAME);
    for (let frame = 199; frame >= 0; frame -= 1)
      await deposit.writer.write(
        bytes.subarray(frame * FRAME + 1000, (frame + 1) * FRAME),
        frame * FRAME + 1000,
      );
    expect(deposit.writer.hasHole()).toBe(true);
    for (let frame = 0; frame < 200; frame += 1)
      await deposit.writer.write(bytes.subarray(frame * FRAME, frame * FRAME + 1000), frame * FRAME);
    expect(deposit.writer.hasHole()).toBe(false);
    await expectContent(deposit, bytes);
  });

  test('frames that change often stay in memory', async () => {
    let writes = 0;
    const deposit = await begin((staged) => ({
      ...decorate(staged),
      write: (bytes, offset) => {
        writes += 1;
        return staged.write(bytes, offset);
      },
    }));
    const bytes = patterned(60 * FRAME);
    for (let part = 15; part >= 0; part -= 1) {
      for (let frame = 0; frame < 60; frame += 1) {
        const at = frame * FRAME + part * 4096;
        await deposit.writer.write(bytes.subarray(at, at + (part === 15 ? 4000 : 4096)), at);
      }
    }
    expect(writes).toBe(0);
    for (let end = FRAME; end <= bytes.length; end += FRAME)
      await deposit.writer.write(bytes.subarray(end - 96, end), end - 96);
    await expectContent(deposit, bytes);
  });

  test('bytes cut off at the end are in no digest', async () => {
    const deposit = await begin();
    const bytes = patterned(3 * FRAME);
    await deposit.writer.write(bytes, 0);
    await deposit.writer.truncate(FRAME + 10);
    await expectContent(deposit, bytes.subarray(0, FRAME + 10));
  });

  test('a header patched at the end is in the digest', async () => {
    const deposit = await begin();
    const bytes = patterned(10 * FRAME);
    await deposit.writer.write(bytes, 0);
    await deposit.writer.write(Buffer.from('patched'), 4);
    Buffer.from('patched').copy(bytes, 4);
    await expectContent(deposit, bytes);
  });

  test('scattered single bytes are refused before they fill the memory, and the writer goes on', async () => {
    const deposit = await begin();
    for (let place = 0; place < 4096; place += 1) await deposit.writer.write(Buffer.from('x'), place * 2);
    await expect(deposit.writer.write(Buffer.from('x'), 9000)).rejects.toMatchObject({
      code: 'unsupported',
      reason: 'too-many-holes',
    });
    const bytes = patterned(8192);
    await deposit.writer.write(bytes, 0);
    await expectContent(deposit, bytes);
  });

  test.each([-1, 0.5, Number.NaN, 2 ** 53])('offset %d is refused', async (offset) => {
    const { writer } = await begin();
    const refusal = { code: 'invalid-input', reason: 'offset' };
    await expect(writer.write(Buffer.from('x'), offset)).rejects.toMatchObject(refusal);
    await expect(writer.truncate(offset)).rejects.toMatchObject(refusal);
    await writer.write(Buffer.from('x'), 0);
  });
});

describe('the end', () => {
  test('finish waits for the last write', async () => {
    let pending = 0;
    const deposit = await begin((staged) => ({
      ...decorate(staged),
      write: async (bytes, offset) => {
        pending += 1;
        await new Promise((resolve) => setTimeout(resolve, 20));
        await staged.write(bytes, offset);
        pending -= 1;
      },
    }));
    const bytes = patterned(20 * FRAME);
    await deposit.writer.write(bytes, 0);
    await deposit.writer.finish();
    expect(pending).toBe(0);
    await expectContent(deposit, bytes);
  });

  test('finish waits for the last sync, and fails with it', async () => {
    const { writer } = await begin((staged) => ({
      ...decorate(staged),
      sync: async () => {
        await new Promise((resolve) => setTimeout(resolve, 100));
        throw new Error('pages were lost');
      },
    }));
    for (let frame = 0; frame < 1030; frame += 1) await writer.write(Buffer.alloc(FRAME), frame * FRAME);
    await expect(writer.finish()).rejects.toThrow('pages were lost');
    await expect(writer.finish()).rejects.toThrow('pages were lost');
  });

  test('nothing is taken after finish, which may be called again', async () => {
    const { writer } = await begin();
    await writer.write(Buffer.from('done'), 0);
    const content = await writer.finish();
    await expect(writer.write(Buffer.from('x'), 4)).rejects.toThrow('finished');
    await expect(writer.truncate(0)).rejects.toThrow('finished');
    expect(await writer.finish()).toEqual(content);
  });

  test('after a failure of the store every call fails, finish too', async () => {
    const { writer, staged } = await begin();
    await writer.write(patterned(40 * FRAME), 0);
    await staged.discard();
    const failing = async () => {
      for (let frame = 40; frame < 80; frame += 1) await writer.write(patterned(FRAME), frame * FRAME);
    };
    await expect(failing()).rejects.toThrow('has ended');
    await expect(writer.write(Buffer.from('x'), 0)).rejects.toThrow('has ended');
    await expect(writer.finish()).rejects.toThrow('has ended');
  });

  test('no nonce is ever used twice, rewrites included', async () => {
    const nonces: string[] = [];
    const deposit = await begin((staged) => ({
      ...decorate(staged),
      write: (bytes, offset) => {
        for (let at = 0; at < bytes.length; at += SEALED_FRAME)
          nonces.push(bytes.toString('hex', at, at + 12));
        return staged.write(bytes, offset);
      },
    }));
    const bytes = patterned(100 * FRAME);
    for (let round = 0; round < 30; round += 1) await deposit.writer.write(bytes, 0);
    await expectContent(deposit, bytes);
    expect(nonces.length).toBeGreaterThan(2900);
    expect(new Set(nonces).size).toBe(nonces.length);
    expect(nonces).toContain((await sealedBytes(deposit.store, deposit.blobId)).toString('hex', 0, 12));
  });
});

function decorate(staged: Staged): Staged {
  return {
    write: (bytes, offset) => staged.write(bytes, offset),
    read: (offset, length) => staged.read(offset, length),
    truncate: (sizeBytes) => staged.truncate(sizeBytes),
    sync: () => staged.sync(),
    publish: () => staged.publish(),
    park: () => staged.park(),
    discard: () => staged.discard(),
  };
}

function resized(bytes: Buffer, sizeBytes: number): Buffer {
  const copy = Buffer.alloc(sizeBytes);
  bytes.copy(copy);
  return copy;
}
