import { LinkButton } from '../web/components/button.js';
import { passwordLinkRoutes } from './password-link.js';

/** A new password behind the link of a reset mail. */
export const resetRoutes = passwordLinkRoutes({
  path: '/reinitialisation',
  purpose: 'reset',
  acts: { page: 'reset-page', submit: 'reset-password', arrival: 'reset-link' },
  words: (visit) => visit.words.links.reset,
  label: (visit) => visit.words.forms.newPassword,
  find: (visit, token) => visit.context.storage.enrolment.passwordReset(token),
  use: (visit, token, password) =>
    visit.context.storage.enrolment.resetPassword(token, password, visit.origin),
  renewal: (visit) => (
    <LinkButton look="filled" icon="mail" href="/mot-de-passe-oublie">
      {visit.words.links.reset.again}
    </LinkButton>
  ),
});
