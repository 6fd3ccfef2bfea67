const PLAIN_PATH = /^\/(?![/\\])[!-[\]-~]*$/u;
const BASE = 'http://peps.invalid';

/** Where to go after sign-in: a path of this site (with its query) or, for anything else, the home page. */
export function safeNextPath(text: string | undefined): string {
  if (text === undefined || text.length > 2048 || !PLAIN_PATH.test(text)) return '/';
  if (!URL.canParse(text, BASE)) return '/';
  const url = new URL(text, BASE);
  if (url.origin !== BASE) return '/';
  // Once more: `/.//example.org` only becomes `//example.org` when the dots are resolved.
  const path = url.pathname + url.search;
  return PLAIN_PATH.test(path) ? path : '/';
}
