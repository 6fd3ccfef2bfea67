import { STATUS } from '../protocols/status.js';
import { LinkButton, SubmitButton } from '../web/components/button.js';
import { TextField } from '../web/components/field.js';
import { Calm } from '../web/layout/calm.js';
import { Gate } from '../web/layout/gate.js';
import type { Answer, Route, Visit } from '../web/routes.js';

const PATH = '/mot-de-passe-oublie';

/** Asks for a reset link; the answer is the same for every address. */
export const forgottenPasswordRoutes: readonly Route[] = [
  {
    act: 'forgotten-password-page',
    method: 'GET',
    path: PATH,
    access: 'everyone',
    handle: async (visit) => ({ kind: 'page', page: <ForgottenPage visit={visit} /> }),
  },
  { act: 'request-password-reset', method: 'POST', path: PATH, access: 'everyone', handle: request },
];

async function request(visit: Visit): Promise<Answer> {
  const address = (visit.form.get('address') ?? '').trim();
  if (!looksLikeAddress(address))
    return {
      kind: 'page',
      status: STATUS['invalid-input'].http,
      page: <ForgottenPage visit={visit} fault={visit.words.forms.faults.address} />,
    };
  await visit.context.storage.enrolment.requestPasswordReset(address, visit.origin);
  return { kind: 'page', page: <SentPage visit={visit} /> };
}

function looksLikeAddress(text: string): boolean {
  return text.length <= 254 && /^[^\s@]+@[^\s@]+$/u.test(text);
}

function ForgottenPage({ visit, fault }: { readonly visit: Visit; readonly fault?: string }) {
  const words = visit.words.links.forgotten;
  return (
    <Gate visit={visit} title={words.title} headline={words.headline}>
      <h1>{words.title}</h1>
      <p class="lead">{words.lead}</p>
      <form method="post" action={PATH}>
        <TextField
          name="address"
          type="email"
          label={visit.words.forms.address}
          value={visit.form.get('address')}
          fault={fault}
          autocomplete="username"
          autofocus
          required
        />
        <SubmitButton look="filled" size="big">
          {words.submit}
        </SubmitButton>
      </form>
      <p class="elsewhere">
        <a href="/connexion">{words.back}</a>
      </p>
    </Gate>
  );
}

function SentPage({ visit }: { readonly visit: Visit }) {
  const words = visit.words.links.forgotten;
  return (
    <Calm
      visit={visit}
      title={words.sentTitle}
      icon="mail"
      tone="good"
      text={words.sent}
      actions={
        <LinkButton look="outline" href="/connexion">
          {words.back}
        </LinkButton>
      }
    />
  );
}
