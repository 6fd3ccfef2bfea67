import { STATUS } from '../protocols/status.js';
import { isStorageError } from '../storage/index.js';
import { LinkButton } from '../web/components/button.js';
import type { Answer, Route, Visit } from '../web/routes.js';
import { ChoosePassword } from './choose-password.js';
import { enter } from './enter.js';
import { forgetLink, linkArrival, linkToken } from './link-cookie.js';
import { type Faults, NO_FAULTS, passwordFault, readNewPassword } from './new-password.js';
import { answerSpentLink } from './spent-link.js';

const PATH = '/reinitialisation';

/** A new password behind the link of a reset mail. */
export const resetRoutes: readonly Route[] = [
  {
    act: 'reset-page',
    method: 'GET',
    path: PATH,
    access: 'everyone',
    handle: (visit) => show(visit, NO_FAULTS),
  },
  { act: 'reset-password', method: 'POST', path: PATH, access: 'everyone', handle: reset },
  linkArrival(PATH, 'reset-link'),
];

async function show(visit: Visit, faults: Faults): Promise<Answer> {
  const words = visit.words.links.reset;
  const link = await visit.context.storage.enrolment.passwordReset(linkToken(visit));
  if (link.state !== 'valid' || !link.account)
    return answerSpentLink({
      visit,
      state: link.state === 'valid' ? 'unknown' : link.state,
      purpose: 'reset',
      renewal: (
        <LinkButton look="filled" icon="mail" href="/mot-de-passe-oublie">
          {words.again}
        </LinkButton>
      ),
    });
  return {
    kind: 'page',
    ...(faults.size > 0 && { status: STATUS['invalid-input'].http }),
    page: (
      <ChoosePassword
        visit={visit}
        words={words}
        account={link.account}
        action={PATH}
        faults={faults}
        label={visit.words.forms.newPassword}
      />
    ),
  };
}

async function reset(visit: Visit): Promise<Answer> {
  const { password, faults } = readNewPassword(visit);
  if (faults.size > 0) return show(visit, faults);
  try {
    const account = await visit.context.storage.enrolment.resetPassword(
      linkToken(visit),
      password,
      visit.origin,
    );
    const notice = { key: 'password-chosen', subject: '' } as const;
    return await enter(visit, account, notice, [forgetLink(PATH)]);
  } catch (error) {
    if (isStorageError(error, 'gone')) return show(visit, NO_FAULTS);
    const refused = passwordFault(error, visit.words);
    if (refused === undefined) throw error;
    return show(visit, refused);
  }
}
