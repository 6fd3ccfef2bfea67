import type { KeySummary, OwnSession } from '../../storage/index.js';
import { SubmitButton } from '../../web/components/button.js';
import { DataTable } from '../../web/components/data-table.js';
import { TextField } from '../../web/components/field.js';
import { Instant } from '../../web/components/instant.js';
import { PageHead } from '../../web/components/page-head.js';
import { ManagedLogin, PasswordFields, PasswordVerdict } from '../../web/components/password-fields.js';
import type { MemberVisit } from '../../web/routes.js';
import { ACCOUNT_PATH } from '../addresses.js';
import { type Faults, NO_FAULTS } from '../new-password.js';
import { PortalPage } from '../portal-page.js';
import { Access } from './access.js';
import { deviceOf } from './device.js';

/** What is wrong in which of the page's forms. */
export interface AccountFaults {
  readonly password?: Faults;
  readonly key?: Faults;
}

/** « Mon compte », with what was wrong in the form that was just sent. */
export async function accountPage(visit: MemberVisit, faults: AccountFaults) {
  const account = visit.context.storage.account(visit.session);
  const [sessions, keys] = await Promise.all([account.sessions(), account.keys()]);
  const words = visit.words.account;
  return (
    <PortalPage visit={visit} title={words.title} islands={['password', 'copy']}>
      <PageHead
        title={words.title}
        lead={words.lead(visit.session.account.name, visit.session.account.login)}
      />
      <Password visit={visit} faults={faults.password ?? NO_FAULTS} />
      <Sessions visit={visit} sessions={sessions} />
      <Access visit={visit} />
      <Keys visit={visit} keys={keys} faults={faults.key ?? NO_FAULTS} />
    </PortalPage>
  );
}

function Password({ visit, faults }: { readonly visit: MemberVisit; readonly faults: Faults }) {
  const { forms } = visit.words;
  const words = visit.words.account.password;
  return (
    <section class="panel">
      <h2>{words.title}</h2>
      <p class="meta">{words.text}</p>
      <form method="post" action={`${ACCOUNT_PATH}/mot-de-passe`} class="form">
        <ManagedLogin login={visit.session.account.login} />
        <TextField
          name="current"
          type="password"
          label={words.current}
          fault={faults.get('current')}
          autocomplete="current-password"
          maxLength={1024}
          required
        />
        <PasswordFields words={forms} faults={faults} label={forms.newPassword} />
        <div class="actions">
          <SubmitButton look="filled">{words.submit}</SubmitButton>
        </div>
        <PasswordVerdict words={forms} />
      </form>
    </section>
  );
}

function Sessions({
  visit,
  sessions,
}: {
  readonly visit: MemberVisit;
  readonly sessions: readonly OwnSession[];
}) {
  const words = visit.words.account.sessions;
  const device = ({ userAgent }: OwnSession) => deviceOf(userAgent) ?? words.unknown;
  return (
    <section class="panel">
      <h2>{words.title}</h2>
      <p class="meta">{words.text}</p>
      <DataTable
        caption={words.title}
        rows={sessions}
        columns={[
          {
            label: words.device,
            kind: 'main',
            cell: (one) => (one.isThis ? words.thisOne(device(one)) : device(one)),
          },
          { label: words.address, cell: ({ address }) => address },
          { label: words.since, cell: ({ startedAt }) => <Instant at={startedAt} format={visit.format} /> },
          {
            label: words.lastSeen,
            cell: ({ lastSeenAt }) => <Instant at={lastSeenAt} format={visit.format} />,
          },
          {
            label: words.end,
            kind: 'acts',
            cell: (one) =>
              one.isThis ? null : (
                <form method="post" action={`${ACCOUNT_PATH}/sessions`}>
                  <SubmitButton
                    look="outline"
                    name="session"
                    value={one.id}
                    label={words.endOne(device(one))}
                  >
                    {words.end}
                  </SubmitButton>
                </form>
              ),
          },
        ]}
      />
      {sessions.length > 1 ? (
        <form method="post" action={`${ACCOUNT_PATH}/sessions`} class="actions">
          <SubmitButton look="outline" icon="leave">
            {words.endOthers}
          </SubmitButton>
        </form>
      ) : null}
    </section>
  );
}

function Keys({
  visit,
  keys,
  faults,
}: {
  readonly visit: MemberVisit;
  readonly keys: readonly KeySummary[];
  readonly faults: Faults;
}) {
  const words = visit.words.account.keys;
  return (
    <section class="panel">
      <h2>{words.title}</h2>
      <p class="meta">{words.text}</p>
      {keys.length > 0 ? (
        <DataTable
          caption={words.title}
          rows={keys}
          columns={[
            {
              label: words.key,
              kind: 'main',
              cell: ({ type, label, fingerprint }) => (
                <span class="stack">
                  <b>{label === '' ? type : label}</b>
                  <code>{fingerprint}</code>
                </span>
              ),
            },
            { label: words.added, cell: ({ createdAt }) => <Instant at={createdAt} format={visit.format} /> },
            {
              label: words.used,
              cell: ({ lastUsedAt }) =>
                lastUsedAt ? <Instant at={lastUsedAt} format={visit.format} /> : words.never,
            },
            {
              label: words.remove,
              kind: 'acts',
              cell: ({ fingerprint, label, type }) => (
                <form method="post" action={`${ACCOUNT_PATH}/cles/retirer`}>
                  <SubmitButton
                    look="outline"
                    name="fingerprint"
                    value={fingerprint}
                    label={words.removeOne(label === '' ? type : label)}
                  >
                    {words.remove}
                  </SubmitButton>
                </form>
              ),
            },
          ]}
        />
      ) : null}
      <form method="post" action={`${ACCOUNT_PATH}/cles`} class="form">
        <TextField
          name="key"
          label={words.field}
          hint={words.hint}
          fault={faults.get('key')}
          maxLength={16_384}
          required
        />
        <div class="actions">
          <SubmitButton look="outline" icon="plus">
            {words.add}
          </SubmitButton>
        </div>
      </form>
    </section>
  );
}
