import type { Words } from './i18n/words.js';
import type { CookieChange, Notice, NoticeStep, ShownNotice } from './routes.js';

export const NOTICE_COOKIE = 'peps-avis';
const MAX_SUBJECT_LENGTH = 200;
/** Of this site: what begins with two slashes would be another's. */
const PATH = /^(?:\/[^\s/?#\\]+)+$/u;

/** Carries a notice over a redirect: the key of a sentence, the name it speaks of and what may follow, for one minute. */
export function noticeCookie(notice: Notice | null): CookieChange {
  if (notice === null) return { name: NOTICE_COOKIE, value: null, path: '/' };
  const { key, next } = notice;
  const parts = [key, notice.subject.slice(0, MAX_SUBJECT_LENGTH), ...(next ? [next.kind, next.path] : [])];
  const value = Buffer.from(JSON.stringify(parts), 'utf8').toString('base64url');
  return { name: NOTICE_COOKIE, value, path: '/', maxAgeSeconds: 60 };
}

/** The sentence and what may follow, or null for a cookie that holds none of ours. */
export function readNotice(value: string | undefined, words: Words): ShownNotice | null {
  const [key = '', subject = '', kind, path = ''] = partsOf(value);
  if (!isNoticeKey(key, words)) return null;
  return { sentence: words.notices[key](subject.slice(0, MAX_SUBJECT_LENGTH)), next: stepOf(kind, path) };
}

function partsOf(value: string | undefined): readonly string[] {
  try {
    const parts: unknown = JSON.parse(Buffer.from(value ?? '', 'base64url').toString('utf8'));
    return Array.isArray(parts) ? parts.filter((part) => typeof part === 'string') : [];
  } catch {
    return [];
  }
}

function stepOf(kind: string | undefined, path: string): NoticeStep | null {
  return (kind === 'undo' || kind === 'look') && PATH.test(path) ? { kind, path } : null;
}

function isNoticeKey(key: string, words: Words): key is keyof Words['notices'] {
  return Object.hasOwn(words.notices, key);
}
