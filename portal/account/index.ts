import { isStorageError } from '../../storage/index.js';
import { HttpStatus } from '../../web/http-status.js';
import type { Answer, CookieChange, MemberVisit, Notice, Route } from '../../web/routes.js';
import { sessionCookie } from '../../web/session-cookie.js';
import { ACCOUNT_PATH } from '../addresses.js';
import { type Faults, passwordFault, readNewPassword } from '../new-password.js';
import { accountPage } from './page.js';

const act = (name: string, path: string, handle: (visit: MemberVisit) => Promise<Answer>): Route => ({
  ...{ act: name, method: 'POST', path: `${ACCOUNT_PATH}/${path}`, access: 'member', handle },
});

/** « Mon compte »: one page, and a form for each thing to change. */
export const accountRoutes: readonly Route[] = [
  { act: 'account', method: 'GET', path: ACCOUNT_PATH, access: 'member', handle: show },
  act('account-password', 'mot-de-passe', changePassword),
  act('account-session-end', 'sessions', endSessions),
  act('account-key-add', 'cles', addKey),
  act('account-key-remove', 'cles/retirer', removeKey),
];

async function show(visit: MemberVisit): Promise<Answer> {
  return { kind: 'page', page: await accountPage(visit, {}) };
}

const accountOf = (visit: MemberVisit) => visit.context.storage.account(visit.session);

function back(key: Notice['key'], subject = '', cookies: readonly CookieChange[] = []): Answer {
  return { kind: 'redirect', to: ACCOUNT_PATH, notice: { key, subject }, cookies };
}

async function refused(
  visit: MemberVisit,
  faults: { readonly [form in 'password' | 'key']?: Faults },
): Promise<Answer> {
  return { kind: 'page', status: HttpStatus.badRequest, page: await accountPage(visit, faults) };
}

/** This browser stays signed in, with a session of its own. */
async function changePassword(visit: MemberVisit): Promise<Answer> {
  const { password, faults } = readNewPassword(visit);
  const known = visit.words.forms.faults;
  const current = visit.form.get('current') ?? '';
  const missing: Faults = current === '' ? new Map([...faults, ['current', known.required]]) : faults;
  if (missing.size > 0) return refused(visit, { password: missing });
  try {
    const { secret } = await accountOf(visit).changePassword(current, password);
    return back('password-changed', '', [sessionCookie(visit.context.publicUrl, secret)]);
  } catch (error) {
    if (isStorageError(error, 'invalid-input') && error.reason === 'password-current')
      return refused(visit, { password: new Map([['current', visit.words.account.password.wrong]]) });
    const fault = passwordFault(error, visit.words);
    if (!fault) throw error;
    return refused(visit, { password: fault });
  }
}

/** The one named, or all others. */
async function endSessions(visit: MemberVisit): Promise<Answer> {
  const id = visit.form.get('session');
  if (id === undefined) await accountOf(visit).endOtherSessions();
  else await accountOf(visit).endSession(id);
  return back(id === undefined ? 'sessions-ended' : 'session-revoked');
}

async function addKey(visit: MemberVisit): Promise<Answer> {
  const words = visit.words.account.keys;
  try {
    const { fingerprint } = await accountOf(visit).addKey(visit.form.get('key') ?? '');
    return back('key-added', fingerprint);
  } catch (error) {
    if (isStorageError(error, 'invalid-input')) return refused(visit, { key: new Map([['key', words.bad]]) });
    if (isStorageError(error, 'already-exists'))
      return refused(visit, { key: new Map([['key', words.known]]) });
    if (isStorageError(error, 'too-large')) return refused(visit, { key: new Map([['key', words.tooMany]]) });
    throw error;
  }
}

async function removeKey(visit: MemberVisit): Promise<Answer> {
  const fingerprint = visit.form.get('fingerprint') ?? '';
  const { secret } = await accountOf(visit).removeKey(fingerprint);
  return back('key-removed', fingerprint, [sessionCookie(visit.context.publicUrl, secret)]);
}
