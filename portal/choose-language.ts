import { HttpStatus } from '../web/http-status.js';
import { LANGUAGE_COOKIE, parseLanguage } from '../web/language.js';
import { safeNextPath } from '../web/next-path.js';
import { Refusal } from '../web/refusal.js';
import type { Route } from '../web/routes.js';

const ONE_YEAR_SECONDS = 31_536_000;

/** Remembers the language in this browser and returns to the page. */
export const languageRoute: Route = {
  act: 'choose-language',
  method: 'POST',
  path: '/langue',
  access: 'everyone',
  async handle(visit) {
    const language = parseLanguage(visit.form.get('language'));
    if (language === undefined) throw new Refusal('bad-request', HttpStatus.badRequest);
    return {
      kind: 'redirect',
      to: safeNextPath(visit.form.get('next')),
      cookies: [{ name: LANGUAGE_COOKIE, value: language, path: '/', maxAgeSeconds: ONE_YEAR_SECONDS }],
    };
  },
};
