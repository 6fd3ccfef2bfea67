import type { Route } from '../web/routes.js';
import { ACCOUNTS_PATH, RESEND_PATH, RESUME_PATH } from './addresses.js';

/** Lets an account in again: a suspended one at once, an invited one through a new link. */
export const resumeRoutes: readonly Route[] = [
  {
    act: 'resume-account',
    method: 'POST',
    path: RESUME_PATH,
    access: 'administrator',
    async handle(visit) {
      const account = await visit.administration.account(visit.form.get('who') ?? '');
      await visit.administration.resume(account.login);
      return {
        kind: 'redirect',
        to: ACCOUNTS_PATH,
        notice: { key: 'account-resumed', subject: account.name },
      };
    },
  },
  {
    act: 'resend-invitation',
    method: 'POST',
    path: RESEND_PATH,
    access: 'administrator',
    async handle(visit) {
      const account = await visit.administration.account(visit.form.get('who') ?? '');
      await visit.administration.resendInvitation(account.login);
      return {
        kind: 'redirect',
        to: ACCOUNTS_PATH,
        notice: { key: 'invitation-sent', subject: account.login },
      };
    },
  },
];
