import Router from '@koa/router';
import { STATUS } from '../protocols/status.js';
import { isStorageError, StorageError } from '../storage/index.js';
import { sendAnswer } from './answers.js';
import { explain } from './explain.js';
import { NO_FIELDS, readForm } from './forms.js';
import { noticeCookie } from './notice.js';
import type { Answer, MemberVisit, Route, Visit } from './routes.js';
import type { Visits } from './visits.js';
import type { WebRequest, WebState } from './web-state.js';

/** Each route behind its access check. Unknown paths and methods fall through with 404 and 405. */
export function createRouter(routes: readonly Route[], visits: Visits): Router<WebState> {
  const router = new Router<WebState>();
  for (const route of routes)
    router.register(route.path, [route.method], (request) => serve(route, visits, request));
  return router;
}

async function serve(
  route: Route,
  visits: Visits,
  request: WebRequest & { params: Record<string, string> },
): Promise<void> {
  request.state.act = route.act;
  const isForm = route.method === 'POST' && route.asker !== 'script' && !route.readsForm;
  const form = isForm ? await readForm(request.req) : NO_FIELDS;
  const visit = await visits.open(request, { params: request.params, form });
  if (visit.session) request.state.account = visit.session.account.login;
  sendAnswer(request, visit, await answer(route, visit));
}

async function answer(route: Route, visit: Visit): Promise<Answer> {
  if (route.asker !== 'script') return admit(route, visit);
  try {
    if (visit.session === null) throw new StorageError('unauthenticated', 'Nobody is signed in.');
    return await admit(route, visit);
  } catch (error) {
    if (!isStorageError(error) || visit.response.headersSent) throw error;
    return { kind: 'data', status: STATUS[error.code].http, data: explain(error, visit.words) };
  }
}

/** The one place that decides who may come in. A session that ended in the middle of an act leads to sign-in as well. */
async function admit(route: Route, visit: Visit): Promise<Answer> {
  if (route.access === 'everyone') return route.handle(visit);
  if (visit.session === null) return leadToSignIn(route, visit);
  const member: MemberVisit = { ...visit, session: visit.session };
  try {
    if (route.access === 'member') return await route.handle(member);
    return await route.handle({ ...member, administration: administrationFor(member) });
  } catch (error) {
    if (isStorageError(error, 'unauthenticated')) return leadToSignIn(route, visit);
    throw error;
  }
}

/** Whoever does not administer is told that there is no such page. */
function administrationFor(visit: MemberVisit) {
  if (!visit.session.account.isAdministrator)
    throw new StorageError('not-found', 'There is no such page for this account.');
  return visit.context.storage.administer(visit.session);
}

/** What was posted is lost with the session, so only a page that was asked for is returned to. */
function leadToSignIn(route: Route, visit: Visit): Answer {
  const hasCookie = visit.request.headers.cookie !== undefined;
  const asked =
    route.method === 'GET' && visit.path !== '/'
      ? `?next=${encodeURIComponent(visit.request.url ?? '/')}`
      : '';
  const notice =
    hasCookie && route.method === 'POST' ? [noticeCookie({ key: 'session-ended', subject: '' })] : [];
  return { kind: 'redirect', to: `/connexion${asked}`, cookies: notice };
}
