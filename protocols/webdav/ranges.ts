import type { ByteRange } from '../../storage/index.js';

/** What a Range header asks for: one part, the whole, or a part that does not exist. */
export type RangeRequest =
  | { readonly kind: 'whole' }
  | { readonly kind: 'part'; readonly range: ByteRange }
  | { readonly kind: 'unsatisfiable' };

const WHOLE: RangeRequest = { kind: 'whole' };

/**
 * Reads a Range header against a size in bytes (RFC 9110 section 14.2). Several ranges, other units and malformed ones get
 * the whole, as the RFC allows; a start behind the end of the file is unsatisfiable.
 */
export function parseRange(header: string | undefined, sizeBytes: number): RangeRequest {
  const found = /^bytes=[ \t]*(\d*)-(\d*)[ \t]*$/u.exec(header ?? '');
  const [, first = '', last = ''] = found ?? [];
  if (!found || (first === '' && last === '')) return WHOLE;
  if (first === '') return part(Math.max(0, sizeBytes - Number(last)), sizeBytes);
  if (last !== '' && Number(last) < Number(first)) return WHOLE;
  return part(Number(first), last === '' ? sizeBytes : Math.min(Number(last) + 1, sizeBytes));
}

function part(start: number, end: number): RangeRequest {
  return start < end ? { kind: 'part', range: { start, end } } : { kind: 'unsatisfiable' };
}
