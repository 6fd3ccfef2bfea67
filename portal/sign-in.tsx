import { STATUS } from '../protocols/status.js';
import { isStorageError } from '../storage/index.js';
import { Alert } from '../web/components/alert.js';
import { SubmitButton } from '../web/components/button.js';
import { TextField } from '../web/components/field.js';
import { Gate } from '../web/layout/gate.js';
import { PassingNotice } from '../web/layout/passing-notice.js';
import { safeNextPath } from '../web/next-path.js';
import type { Answer, Route, Visit } from '../web/routes.js';
import { sessionCookie } from '../web/session-cookie.js';

const PATH = '/connexion';

/** Sign-in, and on to where the link led. */
export const signInRoutes: readonly Route[] = [
  {
    act: 'sign-in-page',
    method: 'GET',
    path: PATH,
    access: 'everyone',
    async handle(visit) {
      const next = safeNextPath(visit.query.get('next'));
      if (visit.session) return { kind: 'redirect', to: next };
      return { kind: 'page', page: <SignInPage visit={visit} next={next} refusal={null} /> };
    },
  },
  { act: 'sign-in', method: 'POST', path: PATH, access: 'everyone', handle: signIn },
];

/** What was refused; the same sentence whether the account is unknown, suspended or the password wrong. */
type SignInRefusal = { readonly kind: 'wrong' } | { readonly kind: 'throttled'; readonly minutes: number };

async function signIn(visit: Visit): Promise<Answer> {
  const { storage, publicUrl } = visit.context;
  const next = safeNextPath(visit.form.get('next'));
  const login = (visit.form.get('login') ?? '').trim();
  const password = visit.form.get('password') ?? '';
  try {
    const { secret } = await storage.signIn(login, password, visit.origin);
    if (visit.session) await storage.signOut(visit.session);
    return { kind: 'redirect', to: next, cookies: [sessionCookie(publicUrl, secret)] };
  } catch (error) {
    if (isStorageError(error, 'unauthenticated')) return refuse(visit, next, { kind: 'wrong' });
    if (!isStorageError(error, 'throttled')) throw error;
    const seconds = error.retryAfterSeconds ?? 60;
    const answer = refuse(visit, next, { kind: 'throttled', minutes: Math.ceil(seconds / 60) });
    return { ...answer, headers: { 'Retry-After': String(Math.ceil(seconds)) } };
  }
}

function refuse(visit: Visit, next: string, refusal: SignInRefusal) {
  const { http } = STATUS[refusal.kind === 'wrong' ? 'unauthenticated' : 'throttled'];
  return {
    kind: 'page',
    status: http,
    page: <SignInPage visit={visit} next={next} refusal={refusal} />,
  } as const;
}

interface SignInPageProps {
  readonly visit: Visit;
  readonly next: string;
  readonly refusal: SignInRefusal | null;
}

function SignInPage({ visit, next, refusal }: SignInPageProps) {
  const words = visit.words.links.signIn;
  const { forms } = visit.words;
  return (
    <Gate visit={visit} title={words.title} headline={words.headline}>
      <h1>{words.title}</h1>
      <p class="lead">{words.lead}</p>
      <PassingNotice visit={visit} />
      {refusal === null ? null : <SignInAlert visit={visit} refusal={refusal} />}
      <form method="post" action={PATH}>
        <input type="hidden" name="next" value={next} />
        <TextField
          name="login"
          type="email"
          label={forms.address}
          value={visit.form.get('login')}
          autocomplete="username"
          autofocus={refusal === null}
          required
        />
        <TextField
          name="password"
          type="password"
          label={forms.password}
          autocomplete="current-password"
          maxLength={1024}
          autofocus={refusal !== null}
          required
          aside={<a href="/mot-de-passe-oublie">{words.forgotten}</a>}
        />
        <SubmitButton look="filled" size="big">
          {words.submit}
        </SubmitButton>
      </form>
      <Alert tone="note" icon="mail" title={words.firstTitle} isNews={false}>
        {words.first}
      </Alert>
    </Gate>
  );
}

function SignInAlert({ visit, refusal }: { readonly visit: Visit; readonly refusal: SignInRefusal }) {
  const words = visit.words.links.signIn;
  if (refusal.kind === 'wrong')
    return (
      <Alert tone="bad" title={words.refusedTitle}>
        {words.refused}
      </Alert>
    );
  return (
    <Alert tone="look" title={words.throttledTitle}>
      {words.throttled(visit.words.links.minutes(refusal.minutes))}
    </Alert>
  );
}
