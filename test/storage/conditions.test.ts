import { describe, expect, test } from 'vitest';
import { assertConditions } from '../../storage/conditions.js';
import { idFrom, newId } from '../../storage/ids.js';

const ETAG = '"v1"';

/** If-Match, If-None-Match, current ETag (absent: nothing there), reason of the refusal. */
const TABLE: readonly (readonly [
  string | undefined,
  string | undefined,
  string | undefined,
  string | null,
])[] = [
  [undefined, undefined, undefined, null],
  [ETAG, undefined, ETAG, null],
  [ETAG, undefined, '"v2"', 'if-match'],
  [ETAG, undefined, undefined, 'if-match'],
  ['*', undefined, ETAG, null],
  ['*', undefined, undefined, 'if-match'],
  ['"v0", "v1"', undefined, ETAG, null],
  ['W/"v1"', undefined, ETAG, 'if-match'],
  ['v1', undefined, ETAG, 'if-match'],
  ['', undefined, ETAG, 'if-match'],
  [undefined, '*', undefined, null],
  [undefined, '*', ETAG, 'if-none-match'],
  [undefined, ETAG, ETAG, 'if-none-match'],
  [undefined, 'W/"v1"', ETAG, 'if-none-match'],
  [undefined, '"v0", W/"v1"', ETAG, 'if-none-match'],
  [undefined, '"v2"', ETAG, null],
  [ETAG, '"v2"', ETAG, null],
];

describe('conditions', () => {
  test.each(TABLE)('If-Match %s, If-None-Match %s on %s: %s', (ifMatch, ifNoneMatch, etag, reason) => {
    const conditions = {
      ...(ifMatch !== undefined && { ifMatch }),
      ...(ifNoneMatch !== undefined && { ifNoneMatch }),
    };
    const check = () => assertConditions(conditions, etag);
    if (reason === null) expect(check).not.toThrow();
    else expect(check).toThrow(expect.objectContaining({ code: 'precondition-failed', reason }));
  });
});

describe('ids', () => {
  const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-([0-9a-f])[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

  test('are unlike each other and sort by their instant', () => {
    const ids = Array.from({ length: 1000 }, (_, index) => newId(new Date(1_780_000_000_000 + index)));
    expect(new Set(ids).size).toBe(1000);
    expect([...ids].sort()).toEqual(ids);
    expect(UUID.exec(ids[0] ?? '')?.[1]).toBe('7');
    expect(Number.parseInt((ids[0] ?? '').replaceAll('-', '').slice(0, 12), 16)).toBe(1_780_000_000_000);
  });
  test('from words are the same for the same words only', () => {
    expect(idFrom('a', 'bc')).toBe(idFrom('a', 'bc'));
    expect(idFrom('a', 'bc')).not.toBe(idFrom('ab', 'c'));
    expect(UUID.exec(idFrom('a'))?.[1]).toBe('8');
  });
});
