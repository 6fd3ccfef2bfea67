import type { IncomingMessage } from 'node:http';
import { isStorageError, type Language, type Origin, type Session } from '../storage/index.js';
import { readCookie } from './cookies.js';
import { createFormat } from './format.js';
import { type Fields, NO_FIELDS, parseQuery } from './forms.js';
import { wordsFor } from './i18n/words.js';
import { chooseLanguage, LANGUAGE_COOKIE } from './language.js';
import { NOTICE_COOKIE, readNotice } from './notice.js';
import type { AssetUrls, Visit, WebContext } from './routes.js';
import { sessionCookieName } from './session-cookie.js';
import type { WebRequest } from './web-state.js';

export interface VisitInput {
  readonly params: Readonly<Record<string, string>>;
  readonly form: Fields;
}

/** Makes visits of requests. */
export interface Visits {
  /** Recognizes the visitor by the session cookie. @throws StorageError unavailable */
  open(request: WebRequest, input: VisitInput): Promise<Visit>;
  /** The same for a stranger, without asking storage anything: for when storage itself fails. */
  openBare(request: WebRequest): Visit;
}

/** Session, language and words of each request are found here and nowhere else. */
export function createVisits(context: WebContext, assets: AssetUrls): Visits {
  const assemble = (
    request: WebRequest,
    input: VisitInput,
    known: { session: Session | null; houseName: string; query: Fields },
  ): Visit => {
    const language = languageOf(request.req, known.session);
    const words = wordsFor(language);
    return {
      context,
      ...known,
      ...input,
      // Before it is set up, the house goes by the product's name, which stands on every page already.
      houseName: known.houseName === words.kit.product ? '' : known.houseName,
      origin: originOf(request),
      language,
      words,
      format: createFormat(language, context.timeZone, context.clock.now()),
      assets,
      path: request.path,
      cookie: (name) => readCookie(request.req.headers.cookie, name),
      notice: readNotice(readCookie(request.req.headers.cookie, NOTICE_COOKIE), words),
      request: request.req,
      response: request.res,
    };
  };
  return {
    async open(request, input) {
      const query = parseQuery(request.querystring);
      const [session, houseName] = await Promise.all([
        recognize(context, request),
        context.storage.houseName(),
      ]);
      return assemble(request, input, { session, houseName, query });
    },
    openBare: (request) =>
      assemble(request, { params: {}, form: NO_FIELDS }, { session: null, houseName: '', query: NO_FIELDS }),
  };
}

async function recognize(context: WebContext, request: WebRequest): Promise<Session | null> {
  const secret = readCookie(request.req.headers.cookie, sessionCookieName(context.publicUrl));
  if (secret === undefined || secret === '') return null;
  try {
    return await context.storage.authenticate({ kind: 'web-session', secret }, originOf(request));
  } catch (error) {
    if (isStorageError(error, 'unauthenticated')) return null;
    throw error;
  }
}

function originOf(request: WebRequest): Origin {
  const userAgent = request.req.headers['user-agent']?.slice(0, 512);
  return {
    door: 'web',
    address: request.state.address ?? '',
    ...(userAgent === undefined ? {} : { userAgent }),
  };
}

function languageOf(request: IncomingMessage, session: Session | null): Language {
  return chooseLanguage({
    chosen: readCookie(request.headers.cookie, LANGUAGE_COOKIE),
    account: session?.account.language,
    acceptLanguage: request.headers['accept-language'],
  });
}
