import type { Route } from '../web/routes.js';
import { sessionCookie } from '../web/session-cookie.js';

/** Ends the session on the server and tells the browser to forget what it kept. */
export const signOutRoute: Route = {
  act: 'sign-out',
  method: 'POST',
  path: '/deconnexion',
  access: 'everyone',
  async handle(visit) {
    if (visit.session) await visit.context.storage.signOut(visit.session);
    return {
      kind: 'redirect',
      to: '/connexion',
      cookies: [sessionCookie(visit.context.publicUrl, null)],
      headers: { 'Clear-Site-Data': '"cache", "storage"' },
      notice: { key: 'signed-out', subject: '' },
    };
  },
};
