import type { WebMiddleware } from './web-state.js';

const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** For the page that shows a text of its own site in a frame. */
export const FRAMING_POLICY = `${CONTENT_SECURITY_POLICY}; frame-src 'self'`;

const PERMISSIONS_POLICY = [
  'accelerometer=()',
  'camera=()',
  'clipboard-write=(self)',
  'display-capture=()',
  'geolocation=()',
  'microphone=()',
  'payment=()',
  'usb=()',
].join(', ');

const TWO_YEARS_SECONDS = 63_072_000;

/** The headers of every answer; assets and downloads overwrite what must differ for them. */
export function setSecurityHeaders(publicUrl: URL): WebMiddleware {
  const isEncrypted = publicUrl.protocol === 'https:';
  const headers: Record<string, string> = {
    'Content-Security-Policy': CONTENT_SECURITY_POLICY,
    'X-Content-Type-Options': 'nosniff',
    // Without TLS browsers send no Sec-Fetch-Site, and under `no-referrer` no Origin either: forms could not be told from forgeries.
    'Referrer-Policy': isEncrypted ? 'no-referrer' : 'same-origin',
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Permissions-Policy': PERMISSIONS_POLICY,
    'Cache-Control': 'no-store',
  };
  if (isEncrypted) headers['Strict-Transport-Security'] = `max-age=${TWO_YEARS_SECONDS}`;
  return (ctx, next) => {
    ctx.set(headers);
    return next();
  };
}
