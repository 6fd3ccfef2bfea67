import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { GROUP_NAME, openTestStorage, type TestStorage } from '../support/appliance.js';
import { begin } from './acts.js';
import { openParts, type Parts } from './parts.js';

const MIB = 1024 * 1024;
const FILE = `/${GROUP_NAME}/a.bin`;

/* Whether a row tells of an upload, and until when. */
describe('an upload of unknown size', () => {
  let appliance: TestStorage;
  let parts: Parts;

  beforeAll(async () => {
    appliance = await openTestStorage();
    parts = await openParts(appliance);
  });
  afterEach(() => {
    vi.useRealTimers();
  });
  afterAll(async () => {
    await parts.close();
    await appliance.close();
  });

  const rows = () => parts.rows('uploads');
  const start = async () => begin(await appliance.workspace('claire'), FILE);
  const expectNothingLeft = async () => {
    expect(await rows()).toEqual([]);
    expect((await parts.rows('spaces')).map((row) => row.reserved_bytes)).toEqual([0, 0]);
  };

  test('is listed from 1 MiB on', async () => {
    const upload = await start();
    await upload.write(Buffer.alloc(MIB - 1), 0);
    expect(await rows()).toEqual([]);
    await upload.write(Buffer.alloc(1), MIB - 1);
    expect(await rows()).toMatchObject([{ name: 'a.bin', state: 'open', is_in_order: 1 }]);
    await upload.commit();
    await expectNothingLeft();
  });

  test('is listed from one second on, with what is known by then', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const upload = await start();
    await upload.write(Buffer.from('second'), 10);
    await upload.write(Buffer.from('the first.'), 0);
    await vi.advanceTimersByTimeAsync(999);
    expect(await rows()).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    vi.useRealTimers();
    await expect.poll(rows).toMatchObject([{ is_in_order: 0, reserved_bytes: expect.any(Number) }]);
    await upload.abort('x');
    await expectNothingLeft();
  });

  test('leaves no row when it ends in the middle of a write', async () => {
    const upload = await start();
    const written = upload.write(Buffer.alloc(MIB), 0).catch(() => undefined);
    await upload.abort('x');
    await written;
    await expectNothingLeft();
  });

  test.each(['commit', 'abort', 'park'] as const)(
    'leaves no row when its %s comes as it is listed',
    async (end) => {
      vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
      const upload = await start();
      await upload.write(Buffer.from('short'), 0);
      vi.advanceTimersByTime(1000);
      vi.useRealTimers();
      await upload[end]('x');
      await expectNothingLeft();
    },
  );
});
