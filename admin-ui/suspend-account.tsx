import { StorageError } from '../storage/index.js';
import type { AdministratorVisit, Answer, Route } from '../web/routes.js';
import { ACCOUNTS_PATH, SUSPEND_PATH } from './addresses.js';
import { Confirmation } from './confirmation.js';

/** Shuts an account out, after one question. */
export const suspendAccountRoutes: readonly Route[] = [
  { act: 'suspend-account-page', method: 'GET', path: SUSPEND_PATH, access: 'administrator', handle: ask },
  { act: 'suspend-account', method: 'POST', path: SUSPEND_PATH, access: 'administrator', handle: suspend },
];

async function ask(visit: AdministratorVisit): Promise<Answer> {
  const words = visit.words.administration.accounts;
  const account = await findOther(visit, visit.query.get('who'));
  return {
    kind: 'page',
    page: (
      <Confirmation
        visit={visit}
        steps={[{ label: words.title, href: ACCOUNTS_PATH }]}
        title={words.suspendTitle(account.name)}
        text={words.suspendText}
        submit={words.suspendSubmit}
        action={SUSPEND_PATH}
        back={ACCOUNTS_PATH}
        who={account.login}
      />
    ),
  };
}

async function suspend(visit: AdministratorVisit): Promise<Answer> {
  const account = await findOther(visit, visit.form.get('who'));
  await visit.administration.suspend(account.login);
  return { kind: 'redirect', to: ACCOUNTS_PATH, notice: { key: 'account-suspended', subject: account.name } };
}

/** Not oneself: the last administrator would lock everybody out. */
async function findOther(visit: AdministratorVisit, who: string | undefined) {
  const account = await visit.administration.account(who ?? '');
  if (account.id === visit.session.account.id)
    throw new StorageError('forbidden', 'Nobody suspends the account he is signed in with.', {
      reason: 'self',
    });
  return account;
}
