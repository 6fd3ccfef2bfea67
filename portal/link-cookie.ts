import type { CookieChange, Route, Visit } from '../web/routes.js';

const NAME = 'peps-lien';
const TOKEN_SYNTAX = /^[\w.-]{1,256}$/u;
const ONE_HOUR_SECONDS = 3600;

/** The pages that links of mails and of the console lead to. */
export type LinkPath = '/activation' | '/reinitialisation' | '/installation';

/**
 * Where a mail's link arrives. Its secret moves from the address into a cookie that only this page receives, so that neither
 * history, logs nor a Referer keep it. Nothing is used up: mail scanners follow links, some of them again and again.
 */
export function linkArrival(
  path: LinkPath,
  act: string,
  /** Throws where the address itself is not to exist. */
  assertOpen?: (visit: Visit) => Promise<void>,
): Route {
  return {
    act,
    method: 'GET',
    path: `${path}/:token`,
    access: 'everyone',
    async handle(visit) {
      await assertOpen?.(visit);
      return {
        kind: 'redirect',
        to: path,
        headers: { 'Referrer-Policy': 'no-referrer' },
        cookies: [linkCookie(path, visit.params.token ?? '')],
      };
    },
  };
}

/** The secret of the link that led here, or an empty text. */
export function linkToken(visit: Visit): string {
  return visit.cookie(NAME) ?? '';
}

/** Once a link is used up, its secret need not be kept. */
export function forgetLink(path: LinkPath): CookieChange {
  return { name: NAME, value: null, path };
}

function linkCookie(path: LinkPath, token: string): CookieChange {
  return TOKEN_SYNTAX.test(token)
    ? { name: NAME, value: token, path, maxAgeSeconds: ONE_HOUR_SECONDS }
    : forgetLink(path);
}
