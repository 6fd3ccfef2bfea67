import type { Words } from './i18n/words.js';
import type { CookieChange, Notice } from './routes.js';

export const NOTICE_COOKIE = 'peps-avis';
const MAX_SUBJECT_LENGTH = 200;

/** Carries a notice over a redirect: the key of a sentence and the name it speaks of, for one minute. */
export function noticeCookie(notice: Notice | null): CookieChange {
  if (notice === null) return { name: NOTICE_COOKIE, value: null, path: '/' };
  const subject = notice.subject.slice(0, MAX_SUBJECT_LENGTH);
  const value = Buffer.from(`${notice.key}:${subject}`, 'utf8').toString('base64url');
  return { name: NOTICE_COOKIE, value, path: '/', maxAgeSeconds: 60 };
}

/** The sentence, or null for a cookie that holds none of ours. */
export function readNotice(value: string | undefined, words: Words): string | null {
  if (value === undefined || value === '') return null;
  const [key = '', ...rest] = Buffer.from(value, 'base64url').toString('utf8').split(':');
  return isNoticeKey(key, words) ? words.notices[key](rest.join(':').slice(0, MAX_SUBJECT_LENGTH)) : null;
}

function isNoticeKey(key: string, words: Words): key is keyof Words['notices'] {
  return Object.hasOwn(words.notices, key);
}
