import { describe, expect, test } from 'vitest';
import { createCredentialCache } from '../../storage/accounts/credential-cache.js';
import { createFirstSeen } from '../../storage/accounts/first-seen.js';
import { createSessionHub } from '../../storage/accounts/session-hub.js';
import type { AccountView } from '../../storage/model.js';
import { movableClock } from './fixture.js';

describe('the hub of sessions', () => {
  test('sessions of one account and epoch share one signal', () => {
    const hub = createSessionHub();
    expect(hub.signalFor('ann', 1)).toBe(hub.signalFor('ann', 1));
    expect(hub.signalFor('ann', 1)).not.toBe(hub.signalFor('bea', 1));
    expect(hub.accounts()).toEqual(['ann', 'bea']);
  });

  test('a refresh ends epochs that are over and accounts that are not active', () => {
    const hub = createSessionHub();
    const signals = ['ann', 'bea', 'cleo', 'dora'].map((id) => hub.signalFor(id, 1));
    hub.refresh(
      new Map([
        ['ann', { epoch: 2, state: 'active' }],
        ['bea', { epoch: 1, state: 'suspended' }],
        ['cleo', { epoch: 1, state: 'active' }],
      ]),
    );
    expect(signals.map((signal) => signal.aborted)).toEqual([true, true, false, false]);
    expect(signals[0]?.reason).toMatchObject({ name: 'StorageError', code: 'unauthenticated' });
  });

  test('an epoch that is over cannot be signed in to by who read it just before', () => {
    const hub = createSessionHub();
    hub.signalFor('ann', 1);
    hub.refresh(new Map([['ann', { epoch: 2, state: 'active' }]]));
    expect(hub.signalFor('ann', 1).aborted).toBe(true);
    expect(hub.signalFor('ann', 2).aborted).toBe(false);
  });

  test('a later epoch ends the former at once', () => {
    const hub = createSessionHub();
    const former = hub.signalFor('ann', 1);
    expect(hub.signalFor('ann', 2).aborted).toBe(false);
    expect(former.aborted).toBe(true);
  });
});

describe('verified credentials', () => {
  const verified = { account: account('ann'), epoch: 1, limits: { keysOnly: false, networks: null } };

  test('are remembered for a minute', () => {
    const clock = movableClock();
    const cache = createCredentialCache(clock);
    const key = cache.keyOf('ann', 'secret');
    cache.put(key, verified);
    clock.advance(59_999);
    expect(cache.get(key)).toMatchObject(verified);
    clock.advance(1);
    expect(cache.get(key)).toBeUndefined();
  });

  test('are kept apart by login and password, under a key of this process', () => {
    const cache = createCredentialCache(movableClock());
    const keys = [cache.keyOf('a', 'bc'), cache.keyOf('ab', 'c'), cache.keyOf('a', 'bd')];
    expect(new Set(keys).size).toBe(3);
    expect(createCredentialCache(movableClock()).keyOf('a', 'bc')).not.toBe(keys[0]);
  });

  test('are dropped all at once', () => {
    const cache = createCredentialCache(movableClock());
    cache.put('1', verified);
    cache.clear();
    expect(cache.get('1')).toBeUndefined();
  });

  test('are ten thousand at most: the oldest goes', () => {
    const cache = createCredentialCache(movableClock());
    for (let index = 0; index <= 10_000; index++) cache.put(String(index), verified);
    expect([cache.get('0'), cache.get('1')]).toEqual([undefined, expect.objectContaining(verified)]);
  });
});

test('what was said is said again only after a while', () => {
  const clock = movableClock();
  const seen = createFirstSeen(clock, 1000);
  expect([seen.isNew('a'), seen.isNew('a'), seen.isNew('b')]).toEqual([true, false, true]);
  clock.advance(1000);
  expect([seen.isNew('a'), seen.isNew('a')]).toEqual([true, false]);
});

function account(id: string): AccountView {
  return {
    ...{ id, login: id, name: id, kind: 'person', side: 'house', state: 'active', language: 'fr' },
    isAdministrator: false,
  };
}
