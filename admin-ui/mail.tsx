import type { MailState, OutboxRow } from '../storage/index.js';
import { BreakableAddress } from '../web/components/breakable-address.js';
import { SubmitButton } from '../web/components/button.js';
import { type Column, DataTable } from '../web/components/data-table.js';
import { EmptyState } from '../web/components/empty-state.js';
import type { IconName } from '../web/components/icon.js';
import { Instant } from '../web/components/instant.js';
import { PageHead } from '../web/components/page-head.js';
import { Pill } from '../web/components/pill.js';
import type { Words } from '../web/i18n/words.js';
import type { AdministratorVisit, Answer, Route } from '../web/routes.js';
import { MAIL_PATH, RETRY_PATH } from './addresses.js';
import { AdminPage } from './admin-page.js';

const STATES: readonly MailState[] = ['failed', 'waiting', 'sending', 'sent'];
const MAX_ROWS = 200;

/** The mail queue: what left, what waits, and what a server refused, in its own words. */
export const mailRoutes: readonly Route[] = [
  { act: 'admin-mail', method: 'GET', path: MAIL_PATH, access: 'administrator', handle: showMail },
  { act: 'retry-mail', method: 'POST', path: RETRY_PATH, access: 'administrator', handle: retry },
];

async function showMail(visit: AdministratorVisit): Promise<Answer> {
  const words = visit.words.administration.mail;
  const state = STATES.find((known) => known === visit.query.get('state'));
  const [rows, failed, waiting] = await Promise.all([
    visit.administration.outbox({ ...(state && { state }), limit: MAX_ROWS }),
    visit.administration.outbox({ state: 'failed', limit: MAX_ROWS }),
    visit.administration.outbox({ state: 'waiting', limit: MAX_ROWS }),
  ]);
  return {
    kind: 'page',
    page: (
      <AdminPage visit={visit} title={words.title}>
        <PageHead title={verdict(words, failed.length, waiting.length)} lead={words.lead} />
        <StateFilter
          visit={visit}
          chosen={state}
          counts={{ failed: failed.length, waiting: waiting.length }}
        />
        {rows.length > 0 ? (
          <DataTable caption={words.title} columns={columnsFor(visit)} rows={rows} />
        ) : (
          <EmptyState icon="mail" title={words.emptyTitle}>
            {words.emptyText}
          </EmptyState>
        )}
      </AdminPage>
    ),
  };
}

async function retry(visit: AdministratorVisit): Promise<Answer> {
  await visit.administration.retryMail(visit.form.get('id') ?? '');
  const subject = visit.form.get('to') ?? '';
  return { kind: 'redirect', to: MAIL_PATH, notice: { key: 'mail-retried', subject } };
}

/** The title says how things stand, so that nobody has to read the table to know. */
function verdict(words: Words['administration']['mail'], failed: number, waiting: number): string {
  if (failed > 0) return words.refused(failed);
  return waiting > 0 ? words.waiting(waiting) : words.allWell;
}

interface StateFilterProps {
  readonly visit: AdministratorVisit;
  readonly chosen: MailState | undefined;
  readonly counts: Partial<Record<MailState, number>>;
}

function StateFilter({ visit, chosen, counts }: StateFilterProps) {
  const words = visit.words.administration.mail;
  return (
    <nav class="segments" aria-label={words.state}>
      <a href={MAIL_PATH} aria-current={chosen === undefined ? 'true' : undefined}>
        {words.all}
      </a>
      {STATES.map((state) => (
        <a href={`${MAIL_PATH}?state=${state}`} aria-current={chosen === state ? 'true' : undefined}>
          {words.states[state]}
          {counts[state] ? <span class="count">{visit.format.count(counts[state])}</span> : null}
        </a>
      ))}
    </nav>
  );
}

const LOOKS = {
  waiting: { tone: 'plain', icon: 'clock' },
  sending: { tone: 'plain', icon: 'up' },
  sent: { tone: 'good', icon: 'check' },
  failed: { tone: 'bad', icon: 'alert' },
} as const satisfies Record<MailState, { tone: string; icon: IconName }>;

function columnsFor(visit: AdministratorVisit): readonly Column<OutboxRow>[] {
  const words = visit.words.administration.mail;
  return [
    {
      label: words.to,
      kind: 'main',
      cell: (mail) => (
        <span class="stack">
          <b>
            <BreakableAddress text={mail.to} />
          </b>
          <span class="meta">
            {templateName(words, mail.template)}
            {mail.group === null ? null : ` · ${mail.group}`}
          </span>
        </span>
      ),
    },
    {
      label: words.state,
      cell: (mail) => (
        <Pill tone={LOOKS[mail.state].tone} icon={LOOKS[mail.state].icon}>
          {words.states[mail.state]}
        </Pill>
      ),
    },
    { label: words.when, cell: (mail) => <When visit={visit} mail={mail} /> },
    { label: words.acts, kind: 'acts', cell: (mail) => <Retry visit={visit} mail={mail} /> },
  ];
}

function templateName(words: Words['administration']['mail'], template: string): string {
  return isTemplate(template, words.templates) ? words.templates[template] : template;
}

function isTemplate<Known extends object>(template: string, known: Known): template is string & keyof Known {
  return Object.hasOwn(known, template);
}

/** When it left or will leave, after how many attempts, and what the server said. */
function When({ visit, mail }: { readonly visit: AdministratorVisit; readonly mail: OutboxRow }) {
  const words = visit.words.administration.mail;
  const [label, at] = whenOf(words, mail);
  return (
    <span class="stack">
      <span>
        {label} <Instant at={at} format={visit.format} />
        {mail.attempts > 1 ? ` · ${words.attempts(mail.attempts)}` : null}
      </span>
      {mail.error === null ? null : <q class="server-words">{mail.error}</q>}
    </span>
  );
}

function whenOf(words: Words['administration']['mail'], mail: OutboxRow): readonly [string, Date] {
  if (mail.sentAt !== null) return [words.sentAt, mail.sentAt];
  if (mail.state === 'waiting' && mail.nextAttemptAt !== null) return [words.nextAttempt, mail.nextAttemptAt];
  return [words.createdAt, mail.createdAt];
}

function Retry({ visit, mail }: { readonly visit: AdministratorVisit; readonly mail: OutboxRow }) {
  const words = visit.words.administration.mail;
  if (mail.state !== 'failed' && mail.state !== 'waiting') return null;
  return (
    <form method="post" action={RETRY_PATH}>
      <input type="hidden" name="id" value={mail.id} />
      <input type="hidden" name="to" value={mail.to} />
      <SubmitButton look="text" size="small" icon="retry" label={words.retryFor(mail.to)}>
        {words.retry}
      </SubmitButton>
    </form>
  );
}
