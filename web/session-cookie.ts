import type { CookieChange } from './routes.js';

/** `__Host-` binds the cookie to this very host, but browsers take it only over TLS (RFC 6265bis, section 4.1.3). */
export function sessionCookieName(publicUrl: URL): string {
  return publicUrl.protocol === 'https:' ? '__Host-peps' : 'peps';
}

/** Ends with the browser; how long it is worth something is decided by storage. Null signs out. */
export function sessionCookie(publicUrl: URL, secret: string | null): CookieChange {
  return { name: sessionCookieName(publicUrl), value: secret, path: '/' };
}
