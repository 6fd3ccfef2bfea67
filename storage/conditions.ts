import { StorageError } from './errors.js';
import type { Conditions } from './model.js';

/**
 * Checks If-Match and If-None-Match against the current ETag (RFC 9110, sections 13.1.1 and 13.1.2).
 * @param etag quoted, undefined when there is no current content
 * @throws StorageError precondition-failed
 */
export function assertConditions(conditions: Conditions, etag: string | undefined): void {
  if (conditions.ifMatch !== undefined && !matches(conditions.ifMatch, etag))
    throw new StorageError('precondition-failed', 'The content is not the one that was expected.', {
      reason: 'if-match',
    });
  if (conditions.ifNoneMatch !== undefined && matches(withoutWeakness(conditions.ifNoneMatch), etag))
    throw new StorageError('precondition-failed', 'There is such content already.', {
      reason: 'if-none-match',
    });
}

/** If-None-Match compares weakly (RFC 9110, section 8.8.3.2). */
function withoutWeakness(list: string): string {
  return list.replace(/(^|,)\s*W\//gu, '$1');
}

/** Strong comparison: a weak tag (`W/"…"`) never equals. */
function matches(list: string, etag: string | undefined): boolean {
  if (etag === undefined) return false;
  return list.trim() === '*' || list.split(',').some((candidate) => candidate.trim() === etag);
}
