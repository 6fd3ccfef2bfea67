import type { CookieChange } from './routes.js';

const VALUE_SYNTAX = /^[\w.-]*$/u;

/** The value of a cookie of the request, or undefined. The first of two with one name counts (RFC 6265, section 5.4). */
export function readCookie(header: string | undefined, name: string): string | undefined {
  for (const pair of (header ?? '').split(';')) {
    const separator = pair.indexOf('=');
    if (separator > 0 && pair.slice(0, separator).trim() === name) return pair.slice(separator + 1).trim();
  }
  return undefined;
}

/** A Set-Cookie value: never readable by scripts, never sent with another site's forms. */
export function formatCookie(change: CookieChange, isEncrypted: boolean): string {
  const value = change.value ?? '';
  if (!VALUE_SYNTAX.test(value)) throw new Error(`The cookie ${change.name} would need quoting.`);
  const parts = [`${change.name}=${value}`, `Path=${change.path}`, 'HttpOnly', 'SameSite=Lax'];
  if (change.value === null) parts.push('Max-Age=0');
  else if (change.maxAgeSeconds !== undefined) parts.push(`Max-Age=${change.maxAgeSeconds}`);
  if (isEncrypted) parts.push('Secure');
  return parts.join('; ');
}
