import type { AccountSummary } from '../storage/index.js';
import { LinkButton, SubmitButton } from '../web/components/button.js';
import { type Column, DataTable } from '../web/components/data-table.js';
import { Instant } from '../web/components/instant.js';
import { PageHead } from '../web/components/page-head.js';
import type { AdministratorVisit, Route } from '../web/routes.js';
import { ACCOUNTS_PATH, INVITE_PATH, RESEND_PATH, RESUME_PATH, SUSPEND_PATH } from './addresses.js';
import { AdminPage } from './admin-page.js';
import { Person } from './person.js';
import { sideName } from './sides.js';
import { StatePill } from './state-pill.js';

/** Everybody who can come in, people and batch jobs. */
export const accountsRoute: Route = {
  act: 'admin-accounts',
  method: 'GET',
  path: ACCOUNTS_PATH,
  access: 'administrator',
  async handle(visit) {
    const words = visit.words.administration.accounts;
    const accounts = await visit.administration.accounts();
    return {
      kind: 'page',
      page: (
        <AdminPage visit={visit} title={words.title}>
          <PageHead
            title={words.title}
            lead={words.lead(accounts.length)}
            actions={
              <LinkButton look="filled" icon="plus" href={INVITE_PATH}>
                {words.invite}
              </LinkButton>
            }
          />
          <DataTable caption={words.title} columns={columnsFor(visit)} rows={accounts} />
        </AdminPage>
      ),
    };
  },
};

function columnsFor(visit: AdministratorVisit): readonly Column<AccountSummary>[] {
  const words = visit.words.administration.accounts;
  return [
    {
      label: words.person,
      kind: 'main',
      cell: (account) => <Person name={account.name} side={account.side} detail={detailOf(visit, account)} />,
    },
    { label: words.side, cell: (account) => sideName(visit, account.side) },
    { label: words.state, cell: (account) => <StatePill state={account.state} words={visit.words} /> },
    { label: words.groups, kind: 'figure', cell: (account) => visit.format.count(account.groupCount) },
    {
      label: words.lastSignIn,
      cell: (account) =>
        account.lastSignInAt === null ? (
          words.never
        ) : (
          <Instant at={account.lastSignInAt} format={visit.format} />
        ),
    },
    { label: words.acts, kind: 'acts', cell: (account) => <Acts visit={visit} account={account} /> },
  ];
}

function detailOf(visit: AdministratorVisit, account: AccountSummary): string {
  const words = visit.words.administration.accounts;
  if (account.kind === 'service')
    return `${account.login} · ${account.owner === null ? words.service : words.ownedBy(account.owner)}`;
  return account.isAdministrator ? `${account.login} · ${words.administrator}` : account.login;
}

/** What can be done with an account in its state; nobody suspends himself. */
function Acts({ visit, account }: { readonly visit: AdministratorVisit; readonly account: AccountSummary }) {
  const words = visit.words.administration.accounts;
  if (account.state === 'suspended')
    return (
      <OneButtonForm
        action={RESUME_PATH}
        who={account.login}
        words={words.resume}
        label={words.resumeFor(account.name)}
      />
    );
  return (
    <>
      {account.state === 'invited' && account.kind === 'person' ? (
        <OneButtonForm
          action={RESEND_PATH}
          who={account.login}
          words={words.resend}
          label={words.resendFor(account.name)}
        />
      ) : null}
      {account.id === visit.session.account.id ? null : (
        <LinkButton
          look="text"
          size="small"
          href={`${SUSPEND_PATH}?who=${encodeURIComponent(account.login)}`}
          label={words.suspendFor(account.name)}
        >
          {words.suspend}
        </LinkButton>
      )}
    </>
  );
}

interface OneButtonFormProps {
  readonly action: string;
  readonly who: string;
  readonly words: string;
  readonly label: string;
}

function OneButtonForm({ action, who, words, label }: OneButtonFormProps) {
  return (
    <form method="post" action={action}>
      <input type="hidden" name="who" value={who} />
      <SubmitButton look="text" size="small" label={label}>
        {words}
      </SubmitButton>
    </form>
  );
}
