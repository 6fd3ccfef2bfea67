import type { ActivityAction, ActivityRow } from '../storage/index.js';
import { BreakableAddress } from '../web/components/breakable-address.js';
import { Icon, type IconName } from '../web/components/icon.js';
import { Instant } from '../web/components/instant.js';
import type { AdministratorVisit } from '../web/routes.js';
import { parseRole } from './roles.js';

interface ActivityLinesProps {
  readonly visit: AdministratorVisit;
  readonly rows: readonly ActivityRow[];
}

/** The history in sentences, day by day. */
export function ActivityLines({ visit, rows }: ActivityLinesProps) {
  return (
    <>
      {byDay(visit, rows).map((day) => (
        <section class="day">
          <h2>{day.heading}</h2>
          <ol class="lines">
            {day.rows.map((row) => (
              <li>
                <Line visit={visit} row={row} />
              </li>
            ))}
          </ol>
        </section>
      ))}
    </>
  );
}

function byDay(visit: AdministratorVisit, rows: readonly ActivityRow[]) {
  const days = new Map<string, { heading: string; rows: ActivityRow[] }>();
  for (const row of rows) {
    const key = visit.format.dayKey(row.at);
    const day = days.get(key) ?? { heading: visit.format.heading(row.at), rows: [] };
    day.rows.push(row);
    days.set(key, day);
  }
  return [...days.values()];
}

const ICONS: Readonly<Record<ActivityAction, IconName>> = {
  deposit: 'up',
  download: 'down',
  read: 'down',
  view: 'eye',
  'create-directory': 'folder',
  move: 'move',
  copy: 'copy',
  delete: 'trash',
  'sign-in': 'key',
  'sign-in-refused': 'cross',
  'sign-out': 'leave',
  'account-add': 'user',
  'account-activate': 'check',
  'account-suspend': 'pause',
  'account-resume': 'retry',
  'account-password': 'key',
  'account-key-add': 'key',
  'account-key-remove': 'key',
  'account-limit': 'key',
  'invitation-send': 'mail',
  'group-add': 'group',
  'group-manifests': 'group',
  'member-set': 'group',
  'member-remove': 'group',
  'lock-remove': 'key',
  'host-key-plan': 'key',
  'host-key-cancel': 'key',
  'host-key-change': 'key',
  'set-up': 'home',
};

function Line({ visit, row }: { readonly visit: AdministratorVisit; readonly row: ActivityRow }) {
  const words = visit.words.activity;
  const tone = toneOf(row);
  return (
    <>
      <span class={`sign ${tone}`}>
        <Icon name={tone === 'bad' ? 'cross' : ICONS[row.action]} />
      </span>
      <div class="line-words">
        <p>
          <Sentence visit={visit} row={row} />
        </p>
        <p class="meta">{factsOf(visit, row).join(' · ')}</p>
      </div>
      <p class="when">
        <span>{words.doors[row.protocol]} </span>
        <Instant at={row.at} format={visit.format} style="time" />
      </p>
    </>
  );
}

function toneOf(row: ActivityRow): 'good' | 'bad' | 'plain' {
  if (row.outcome === 'refused' || row.outcome === 'failed' || row.action === 'sign-in-refused') return 'bad';
  return row.action === 'download' && row.outcome === 'ok' ? 'good' : 'plain';
}

/** « Nadia Benali a déposé Présences juin.xlsx ». */
function Sentence({ visit, row }: { readonly visit: AdministratorVisit; readonly row: ActivityRow }) {
  const words = visit.words.activity;
  const act = words.acts[row.action];
  const object = objectOf(row);
  const target = row.target === null || row.path === null ? null : nameIn(row.target);
  return (
    <>
      <b>{whoOf(visit, row)}</b>{' '}
      {isReplacement(row) ? words.replaced : hasSucceeded(row) ? act.done : act.tried}
      {object === null ? null : (
        <>
          {' '}
          <b title={row.path ?? undefined}>
            <BreakableAddress text={object} />
          </b>
        </>
      )}
      {target === null ? null : (
        <>
          {' '}
          {words.to} <b title={row.target ?? undefined}>{target}</b>
        </>
      )}
    </>
  );
}

/** A deposit in the place of a former one. */
function isReplacement(row: ActivityRow): boolean {
  return row.action === 'deposit' && row.outcome === 'ok' && row.reason === 'replaced';
}

function hasSucceeded(row: ActivityRow): boolean {
  return row.outcome === 'ok' || row.outcome === 'sent';
}

function whoOf(visit: AdministratorVisit, row: ActivityRow): string {
  const words = visit.words.activity;
  if (row.accountName !== null) return row.accountName;
  if (row.account !== null) return row.account;
  return row.protocol === 'system' || row.protocol === 'command' ? words.appliance : words.somebody;
}

/** The file or folder; for acts on accounts and groups, whom or what they were about. */
function objectOf(row: ActivityRow): string | null {
  if (row.path !== null) return nameIn(row.path);
  if (ABOUT_A_GROUP.has(row.action)) return row.group;
  return row.subject !== row.account || ABOUT_ONESELF_TOO.has(row.action) ? row.subject : null;
}

/** Sentences whose object is the group itself. */
const ABOUT_A_GROUP: ReadonlySet<ActivityAction> = new Set(['group-add', 'group-manifests']);

/** Sentences that need an object even when it is the one who acted. */
const ABOUT_ONESELF_TOO: ReadonlySet<ActivityAction> = new Set(['account-password', 'invitation-send']);

function nameIn(path: string): string {
  return path.split('/').filter(Boolean).at(-1) ?? path;
}

function factsOf(visit: AdministratorVisit, row: ActivityRow): readonly string[] {
  const words = visit.words.activity;
  const outcome = row.outcome === 'ok' ? undefined : words.outcomes[row.outcome];
  return [
    ABOUT_A_GROUP.has(row.action) ? null : row.group,
    row.action === 'member-set' ? roleOf(visit, row) : null,
    row.action === 'group-manifests' ? switchOf(visit, row) : null,
    row.action.startsWith('host-key-') ? row.target : null,
    row.sizeBytes === null ? null : visit.format.size(row.sizeBytes),
    row.account === row.accountName ? null : row.account,
    row.address === null ? null : words.from(row.address),
    outcome,
    row.reason === null || isReplacement(row) ? null : reasonOf(visit, row.reason),
  ].filter((fact): fact is string => typeof fact === 'string' && fact !== '');
}

function roleOf(visit: AdministratorVisit, row: ActivityRow): string | null {
  const role = parseRole(row.target ?? undefined);
  return role === undefined ? row.target : visit.words.administration.roles[role];
}

function switchOf(visit: AdministratorVisit, row: ActivityRow): string {
  const { manifestStates } = visit.words.administration.group;
  return row.target === 'on' ? manifestStates.on : manifestStates.off;
}

/** In words where there are some; a short code still says more than nothing. */
function reasonOf(visit: AdministratorVisit, reason: string): string {
  const reasons: Readonly<Record<string, string>> = visit.words.activity.reasons;
  return reasons[reason] ?? reason;
}
