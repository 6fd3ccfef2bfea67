import { STATUS } from '../protocols/status.js';
import { isStorageError } from '../storage/index.js';
import { LinkButton, SubmitButton } from '../web/components/button.js';
import { Calm } from '../web/layout/calm.js';
import type { Answer, Route, Visit } from '../web/routes.js';
import { ChoosePassword } from './choose-password.js';
import { enter } from './enter.js';
import { forgetLink, linkArrival, linkToken } from './link-cookie.js';
import { type Faults, NO_FAULTS, passwordFault, readNewPassword } from './new-password.js';
import { answerSpentLink } from './spent-link.js';

const PATH = '/activation';

/** « Finalisation d'inscription »: the invitation's link, two fields, and in; from an expired link, a new one. */
export const activationRoutes: readonly Route[] = [
  {
    act: 'activation-page',
    method: 'GET',
    path: PATH,
    access: 'everyone',
    handle: (visit) => show(visit, NO_FAULTS),
  },
  { act: 'activate', method: 'POST', path: PATH, access: 'everyone', handle: activate },
  linkArrival(PATH, 'activation-link'),
];

async function show(visit: Visit, faults: Faults): Promise<Answer> {
  const link = await visit.context.storage.enrolment.invitation(linkToken(visit));
  if (link.state !== 'valid' || !link.account)
    return answerSpentLink({
      visit,
      state: link.state === 'valid' ? 'unknown' : link.state,
      purpose: 'activation',
      renewal: <Renewal visit={visit} />,
    });
  return {
    kind: 'page',
    ...(faults.size > 0 && { status: STATUS['invalid-input'].http }),
    page: (
      <ChoosePassword
        visit={visit}
        words={visit.words.links.activation}
        account={link.account}
        action={PATH}
        faults={faults}
      />
    ),
  };
}

async function activate(visit: Visit): Promise<Answer> {
  if (visit.form.has('renew')) return renew(visit);
  const { password, faults } = readNewPassword(visit);
  if (faults.size > 0) return show(visit, faults);
  try {
    const account = await visit.context.storage.enrolment.activate(linkToken(visit), password, visit.origin);
    const notice = { key: 'password-chosen', subject: '' } as const;
    return await enter(visit, account, notice, [forgetLink(PATH)]);
  } catch (error) {
    // Used up or expired since the page was opened: the page itself says which.
    if (isStorageError(error, 'gone')) return show(visit, NO_FAULTS);
    const refused = passwordFault(error, visit.words);
    if (refused === undefined) throw error;
    return show(visit, refused);
  }
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

function Renewal({ visit }: { readonly visit: Visit }) {
  return (
    <form method="post" action={PATH}>
      <SubmitButton look="filled" icon="mail" name="renew" value="yes">
        {visit.words.links.activation.again}
      </SubmitButton>
    </form>
  );
}
