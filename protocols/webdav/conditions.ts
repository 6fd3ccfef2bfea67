import type { IncomingMessage } from 'node:http';
import type { Entry } from '../../storage/index.js';
import { badRequest } from './http-problem.js';

/** What the conditional headers of RFC 9110, section 13, say about the current state of a resource. */
export type Verdict = 'go-on' | 'not-modified' | 'failed';

/**
 * Weighs If-Match, If-Unmodified-Since, If-None-Match and If-Modified-Since in the order of RFC 9110, section 13.2.2.
 * `entry` is undefined where nothing exists. @throws HttpProblem 400 for an entity tag list that is malformed
 */
export function weighConditions(request: IncomingMessage, entry: Entry | undefined): Verdict {
  const { headers } = request;
  const isRead = request.method === 'GET' || request.method === 'HEAD';
  const ifMatch = headers['if-match'];
  const ifNoneMatch = headers['if-none-match'];
  if (ifMatch !== undefined) {
    if (!matches(ifMatch, entry, isSameStrongly)) return 'failed';
  } else if (isModifiedSince(headers['if-unmodified-since'], entry) === true) return 'failed';
  if (ifNoneMatch !== undefined) {
    if (matches(ifNoneMatch, entry, isSameWeakly)) return isRead ? 'not-modified' : 'failed';
  } else if (isRead && isModifiedSince(headers['if-modified-since'], entry) === false) return 'not-modified';
  return 'go-on';
}

/** True when the request bears any header that weighConditions looks at. */
export function hasConditions(request: IncomingMessage): boolean {
  return CONDITIONAL_HEADERS.some((name) => request.headers[name] !== undefined);
}

const CONDITIONAL_HEADERS = ['if-match', 'if-none-match', 'if-modified-since', 'if-unmodified-since'];

/** Whether an If-Range header lets the range count (RFC 9110 section 13.1.5): same strong tag, or exactly the same date. */
export function allowsRange(request: IncomingMessage, entry: Entry): boolean {
  const header = request.headers['if-range'];
  if (header === undefined) return true;
  const value = String(header).trim();
  if (value.startsWith('"') || value.startsWith('W/')) return isSameStrongly(value, etagOf(entry));
  return parseHttpDate(value) === wholeSeconds(entry.modifiedAt);
}

/** The tags of an If-Match or If-None-Match header, or `*`. @throws HttpProblem 400 */
export function parseEntityTags(header: string): readonly string[] | '*' {
  if (header.trim() === '*') return '*';
  const tags: string[] = [];
  // A list may hold empty elements, and end in them (RFC 9110 section 5.6.1.2).
  const element = /[ \t,]*(?:((?:W\/)?"[^"]*")[ \t]*(?=,|$)|$)/y;
  while (element.lastIndex < header.length) {
    const found = element.exec(header);
    if (!found) throw badRequest('An entity tag is not well-formed.');
    if (found[1] !== undefined) tags.push(found[1]);
  }
  if (tags.length === 0) throw badRequest('An entity tag is missing.');
  return tags;
}

function matches(
  header: string,
  entry: Entry | undefined,
  isSame: (tag: string, etag: string | undefined) => boolean,
): boolean {
  const tags = parseEntityTags(header);
  if (tags === '*') return entry !== undefined;
  const etag = etagOf(entry);
  return tags.some((tag) => isSame(tag, etag));
}

/** The strong entity tag of a file; folders have none. */
export function etagOf(entry: Entry | undefined): string | undefined {
  return entry?.kind === 'file' ? entry.etag : undefined;
}

function isSameStrongly(tag: string, etag: string | undefined): boolean {
  return tag === etag;
}

function isSameWeakly(tag: string, etag: string | undefined): boolean {
  return tag.replace(/^W\//u, '') === etag;
}

/** Undefined when the header says nothing: absent, no date, or nothing to compare with. */
function isModifiedSince(header: string | undefined, entry: Entry | undefined): boolean | undefined {
  const since = header === undefined ? undefined : parseHttpDate(header);
  if (since === undefined || !entry) return undefined;
  return wholeSeconds(entry.modifiedAt) > since;
}

/** Milliseconds of an HTTP date (RFC 9110 section 5.6.7), or undefined for anything else. */
export function parseHttpDate(text: string): number | undefined {
  // Date.parse alone would also take "2026", "1" and other forms no HTTP date has.
  const milliseconds = /^[A-Z][a-z]{2}/u.test(text.trim()) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(milliseconds) ? undefined : milliseconds;
}

function wholeSeconds(date: Date): number {
  return Math.floor(date.getTime() / 1000) * 1000;
}
