import { LinkButton, SubmitButton } from '../web/components/button.js';
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
  use: (visit, token, password) => visit.context.storage.enrolment.activate(token, password, visit.origin),
  renewal: (visit) => <Renewal visit={visit} />,
  other: (visit) => (visit.form.has('renew') ? renew(visit) : undefined),
});

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

function Renewal({ visit }: { readonly visit: Visit }) {
  return (
    <form method="post" action={PATH}>
      <SubmitButton look="filled" icon="mail" name="renew" value="yes">
        {visit.words.links.activation.again}
      </SubmitButton>
    </form>
  );
}
