import type { IncomingHttpHeaders } from 'node:http';
import type { ByteRange, FileEntry } from '../storage/index.js';
import { HttpStatus } from '../web/http-status.js';

/** How a GET of a file is answered. */
export interface RangeChoice {
  readonly status: number;
  /** Of the body that follows. */
  readonly sizeBytes: number;
  /** Absent: the whole file, or no body at all. */
  readonly range?: ByteRange;
  readonly contentRange?: string;
}

/**
 * What of a file a GET is answered with: nothing new (304), one range (206), an impossible one (416) or all of it. Several
 * ranges in one request are answered with the whole file, which RFC 9110, section 14.2, allows.
 */
export function chooseRange(
  headers: IncomingHttpHeaders,
  file: Pick<FileEntry, 'etag' | 'sizeBytes'>,
): RangeChoice {
  if (isKnown(headers['if-none-match'], file.etag)) return { status: HttpStatus.notModified, sizeBytes: 0 };
  const asked = headers.range;
  const ifRange = headers['if-range'];
  const isStale = ifRange !== undefined && ifRange !== file.etag;
  const range = asked === undefined || isStale ? undefined : parseRange(asked, file.sizeBytes);
  if (range === undefined) return { status: HttpStatus.ok, sizeBytes: file.sizeBytes };
  if (range === 'impossible')
    return {
      status: HttpStatus.rangeNotSatisfiable,
      sizeBytes: 0,
      contentRange: `bytes */${file.sizeBytes}`,
    };
  return {
    status: HttpStatus.partialContent,
    sizeBytes: range.end - range.start,
    range,
    contentRange: `bytes ${range.start}-${range.end - 1}/${file.sizeBytes}`,
  };
}

function isKnown(header: string | undefined, etag: string): boolean {
  const tags = (header ?? '').split(',').map((tag) => tag.trim().replace(/^W\//u, ''));
  return tags.includes(etag) || tags.includes('*');
}

/** Undefined for anything that is not one plain byte range: then the header counts as absent. */
function parseRange(header: string, sizeBytes: number): ByteRange | 'impossible' | undefined {
  const [, first = '', last = ''] = /^bytes=(\d{0,15})-(\d{0,15})$/u.exec(header.trim()) ?? [];
  if (first === '' && last === '') return undefined;
  if (first === '') {
    const suffix = Math.min(Number(last), sizeBytes);
    return suffix === 0 ? 'impossible' : { start: sizeBytes - suffix, end: sizeBytes };
  }
  const start = Number(first);
  if (last !== '' && Number(last) < start) return undefined;
  if (start >= sizeBytes) return 'impossible';
  return { start, end: last === '' ? sizeBytes : Math.min(Number(last) + 1, sizeBytes) };
}
