import { h } from 'preact';
import { render } from 'preact-render-to-string';
import { formatCookie } from './cookies.js';
import { HttpStatus } from './http-status.js';
import { KeptParts, LaterParts } from './later-parts.js';
import { NOTICE_COOKIE, noticeCookie } from './notice.js';
import type { Answer, CookieChange, Visit } from './routes.js';
import { visiblePage } from './visible.js';
import type { WebRequest } from './web-state.js';

/** Writes what a page answered. A notice is gone once a page showed it. */
export function sendAnswer(request: WebRequest, visit: Visit, answer: Answer): void {
  if (answer.kind === 'delivered') {
    request.respond = false;
    return;
  }
  const isEncrypted = visit.context.publicUrl.protocol === 'https:';
  for (const change of cookiesOf(visit, answer))
    request.append('Set-Cookie', formatCookie(change, isEncrypted));
  if (answer.headers) request.set({ ...answer.headers });
  if (answer.kind === 'redirect') {
    request.status = HttpStatus.seeOther;
    request.set('Location', answer.to);
    request.body = '';
    return;
  }
  request.status = answer.status ?? HttpStatus.ok;
  if (answer.kind === 'data') {
    request.body = answer.data;
    return;
  }
  request.type = 'html';
  const kept = new KeptParts();
  const html = render(h(LaterParts.Provider, { value: kept, children: answer.page }));
  request.body = kept.fill(`<!doctype html>${html}`, visiblePage);
}

function cookiesOf(visit: Visit, answer: Exclude<Answer, { kind: 'delivered' }>): CookieChange[] {
  const changes = [...(answer.cookies ?? [])];
  if (answer.kind === 'redirect' && answer.notice) changes.push(noticeCookie(answer.notice));
  if (answer.kind === 'page' && visit.cookie(NOTICE_COOKIE)) changes.push(noticeCookie(null));
  return changes;
}
