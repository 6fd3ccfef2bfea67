import { isStorageError } from '../storage/index.js';
import { LinkButton, SubmitButton } from '../web/components/button.js';
import { FieldFault } from '../web/components/field.js';
import { HOUSE_TEXT_PATHS } from '../web/house-text-paths.js';
import { Calm } from '../web/layout/calm.js';
import type { Answer, Visit } from '../web/routes.js';
import { linkToken } from './link-cookie.js';
import { passwordLinkRoutes } from './password-link.js';

const PATH = '/activation';

/** « Finalisation d'inscription »: the invitation's link, two fields, and in; from an expired link, a new one. */
export const activationRoutes = passwordLinkRoutes({
  path: PATH,
  purpose: 'activation',
  acts: { page: 'activation-page', submit: 'activate', arrival: 'activation-link' },
  words: (visit) => visit.words.links.activation,
  find: (visit, token) => visit.context.storage.enrolment.invitation(token),
  use: (visit, token, password) =>
    visit.context.storage.enrolment.activate(token, password, visit.origin, acceptedTerms(visit)),
  async consent(visit, faults) {
    const version = await visit.context.storage.enrolment.termsToAccept();
    return version === undefined ? null : (
      <Terms visit={visit} version={version} fault={faults.get('terms')} />
    );
  },
  fault: (error, visit) =>
    isStorageError(error, 'invalid-input') && error.reason === 'terms'
      ? new Map([['terms', visit.words.forms.faults.terms]])
      : undefined,
  renewal: (visit) => <Renewal visit={visit} />,
  other: (visit) => (visit.form.has('renew') ? renew(visit) : undefined),
});

/** The version that was ticked, if it was. */
function acceptedTerms(visit: Visit): number | undefined {
  const text = visit.form.get('terms') ?? '';
  return /^[1-9]\d{0,8}$/u.test(text) ? Number(text) : undefined;
}

/** The same answer for every link, known or not. */
async function renew(visit: Visit): Promise<Answer> {
  await visit.context.storage.enrolment.renewInvitation(linkToken(visit), visit.origin);
  const words = visit.words.links.activation;
  return {
    kind: 'page',
    page: (
      <Calm
        visit={visit}
        title={words.sentTitle}
        icon="mail"
        tone="good"
        text={words.sent}
        actions={
          <LinkButton look="outline" href="/connexion">
            {visit.words.kit.signIn}
          </LinkButton>
        }
      />
    ),
  };
}

interface TermsProps {
  readonly visit: Visit;
  readonly version: number;
  readonly fault: string | undefined;
}

/** Sends the version that one read: where it was changed meanwhile, the new one is asked for. */
function Terms({ visit, version, fault }: TermsProps) {
  const words = visit.words.texts;
  return (
    <div class="field">
      <div class="check">
        <input
          type="checkbox"
          id="terms"
          name="terms"
          value={String(version)}
          required
          aria-invalid={fault === undefined ? undefined : true}
          aria-describedby={fault === undefined ? undefined : 'terms-fault'}
        />
        <label for="terms">
          {words.accept}
          <a href={HOUSE_TEXT_PATHS.terms} target="_blank" rel="noopener">
            {words.acceptLink} {words.acceptNewWindow}
          </a>
        </label>
      </div>
      <FieldFault name="terms" fault={fault} />
    </div>
  );
}

function Renewal({ visit }: { readonly visit: Visit }) {
  return (
    <form method="post" action={PATH}>
      <SubmitButton look="filled" icon="mail" name="renew" value="yes">
        {visit.words.links.activation.again}
      </SubmitButton>
    </form>
  );
}
