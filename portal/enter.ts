import type { AccountView } from '../storage/index.js';
import type { Answer, CookieChange, Notice, Visit } from '../web/routes.js';
import { sessionCookie } from '../web/session-cookie.js';

/** Signs somebody in who has just chosen a password, in place of whoever was signed in before. */
export async function enter(
  visit: Visit,
  account: AccountView,
  notice: Notice,
  cookies: readonly CookieChange[],
): Promise<Answer> {
  const { storage, publicUrl } = visit.context;
  if (visit.session) await storage.signOut(visit.session);
  const { secret } = await storage.signInAs(account.id, visit.origin);
  return {
    kind: 'redirect',
    to: account.isAdministrator ? '/administration/groupes' : '/',
    cookies: [sessionCookie(publicUrl, secret), ...cookies],
    notice,
  };
}
