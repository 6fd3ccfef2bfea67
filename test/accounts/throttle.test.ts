import { describe, expect, test } from 'vitest';
import { createThrottle, networkOf } from '../../storage/accounts/throttle.js';
import type { Database } from '../../storage/metadata/database.js';
import { useSqlite } from '../support/databases.js';
import { type MovableClock, movableClock } from './fixture.js';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

describe('the throttle', () => {
  const open = useSqlite();

  test('five failures are free, then one minute, doubling up to fifteen', async () => {
    const { fail, waitSeconds, clock } = await start(open);
    const waits: number[] = [];
    for (let failure = 1; failure <= 11; failure++) {
      await fail('ann', '192.0.2.1');
      const seconds = await waitSeconds('ann', '192.0.2.1');
      waits.push(seconds);
      clock.advance(seconds * 1000);
      expect(await waitSeconds('ann', '192.0.2.1')).toBe(0);
    }
    expect(waits).toEqual([0, 0, 0, 0, 60, 120, 240, 480, 900, 900, 900]);
  });

  test('a stranger does not hold up the owner elsewhere, nor another account here', async () => {
    const { fail, waitSeconds } = await start(open);
    for (let failure = 0; failure < 9; failure++) await fail('ann', '192.0.2.1');
    expect(await waitSeconds('ann', '192.0.2.1')).toBeGreaterThan(0);
    expect(await waitSeconds('ann', '198.51.100.1')).toBe(0);
    expect(await waitSeconds('bea', '192.0.2.1')).toBe(0);
  });

  test('a success forgets the failures of that login there', async () => {
    const { fail, waitSeconds, throttle, database } = await start(open);
    const attempt = { login: 'ann', address: '192.0.2.1' };
    for (let failure = 0; failure < 4; failure++) await fail('ann', '192.0.2.1');
    expect(await throttle.check(database.reader, attempt)).toEqual({ hasFailures: true });
    await database.write((transaction) => throttle.clear(transaction, attempt));
    expect(await throttle.check(database.reader, attempt)).toEqual({ hasFailures: false });
    for (let failure = 0; failure < 4; failure++) await fail('ann', '192.0.2.1');
    expect(await waitSeconds('ann', '192.0.2.1')).toBe(0);
  });

  test('a day after the first failure the count begins anew; 25 close the pair for the rest of that day', async () => {
    const { fail, waitSeconds, clock } = await start(open);
    for (let failure = 0; failure < 24; failure++) {
      await fail('ann', '192.0.2.1');
      clock.advance(15 * MINUTE);
    }
    await fail('ann', '192.0.2.1');
    expect(await waitSeconds('ann', '192.0.2.1')).toBe((DAY - 24 * 15 * MINUTE) / 1000);
    clock.advance(DAY);
    await fail('ann', '192.0.2.1');
    expect(await waitSeconds('ann', '192.0.2.1')).toBe(0);
  });

  test('thirty failures in ten minutes close an address for fifteen', async () => {
    const { fail, waitSeconds, clock } = await start(open);
    for (let failure = 0; failure < 29; failure++) await fail(`known-${failure}`, '192.0.2.1');
    expect(await waitSeconds('ann', '192.0.2.1')).toBe(0);
    await fail('one-more', '192.0.2.1');
    expect(await waitSeconds('ann', '192.0.2.1')).toBe(900);
    clock.advance(15 * MINUTE);
    expect(await waitSeconds('ann', '192.0.2.1')).toBe(0);
    await fail('afterwards', '192.0.2.1');
    expect(await waitSeconds('ann', '192.0.2.1')).toBe(0);
  });

  test('a failure on its way when a penalty began neither ends nor prolongs it', async () => {
    const { fail, waitSeconds, clock } = await start(open);
    for (let failure = 0; failure < 30; failure++) await fail(`login-${failure}`, '192.0.2.1');
    for (let failure = 0; failure < 5; failure++) await fail('ann', '192.0.2.2');
    clock.advance(1000);
    await fail('late', '192.0.2.1');
    await fail('ann', '192.0.2.2');
    expect(await waitSeconds('bea', '192.0.2.1')).toBe(899);
    expect(await waitSeconds('ann', '192.0.2.2')).toBe(59);
  });

  test('failures spread over more than ten minutes close no address', async () => {
    const { fail, waitSeconds, clock } = await start(open);
    for (let failure = 0; failure < 60; failure++) {
      await fail(`known-${failure}`, '192.0.2.1');
      clock.advance(MINUTE / 2);
    }
    expect(await waitSeconds('ann', '192.0.2.1')).toBe(0);
  });

  test('neighbours in one IPv6 /64 are one, other networks are not', async () => {
    const { fail, waitSeconds } = await start(open);
    for (let failure = 0; failure < 5; failure++) await fail('ann', `2001:db8:1:2::${failure + 1}`);
    expect(await waitSeconds('ann', '2001:db8:1:2:ffff::9')).toBe(60);
    expect(await waitSeconds('ann', '2001:db8:1:3::1')).toBe(0);
  });

  test('rows that nothing was added to for a day are removed', async () => {
    const { fail, clock, database } = await start(open);
    await fail('ann', '192.0.2.1');
    clock.advance(DAY + 1);
    await fail('bea', '192.0.2.2');
    expect(await database.reader('throttle').count({ rows: '*' })).toEqual([{ rows: 2 }]);
  });
});

test.each([
  ['192.0.2.7', '192.0.2.7'],
  ['::ffff:192.0.2.7', '192.0.2.7'],
  ['2001:db8:0:1:aaaa:bbbb:cccc:dddd', '2001:db8:0:1::/64'],
  ['2001:0db8:0000:0001::', '2001:db8:0:1::/64'],
  ['::1', '0:0:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['', ''],
])('the network of %s is %s', (address, network) => {
  expect(networkOf(address)).toBe(network);
});

async function start(open: () => Promise<Database>) {
  const clock: MovableClock = movableClock();
  const database = await open();
  const throttle = createThrottle(clock);
  return {
    ...{ clock, database, throttle },
    fail: (login: string, address: string) =>
      database.write((transaction) => throttle.fail(transaction, { login, address })),
    /** Zero when one may try. */
    waitSeconds: (login: string, address: string) =>
      throttle.check(database.reader, { login, address }).then(
        () => 0,
        (error: { code: string; retryAfterSeconds: number }) => {
          expect(error.code).toBe('throttled');
          return error.retryAfterSeconds;
        },
      ),
  };
}
