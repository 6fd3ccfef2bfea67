import type { ActivityAction, ActivityRow } from '../storage/index.js';
import type { IconName } from './components/icon.js';
import type { Words } from './i18n/words.js';

type Act = Pick<ActivityRow, 'action' | 'outcome' | 'reason'>;
export type LineTone = 'good' | 'bad' | 'plain';

const ICONS: Readonly<Record<ActivityAction, IconName>> = {
  deposit: 'up',
  download: 'down',
  read: 'down',
  view: 'eye',
  'create-directory': 'folder',
  move: 'move',
  copy: 'copy',
  delete: 'trash',
  restore: 'retry',
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
  'text-change': 'letter',
  'set-up': 'home',
  export: 'sheet',
};

/** What stands before a line of the history. */
export function lineSign(row: Act): { readonly icon: IconName; readonly tone: LineTone } {
  if (row.outcome === 'refused' || row.outcome === 'failed' || row.action === 'sign-in-refused')
    return { icon: 'cross', tone: 'bad' };
  const isPickedUp = row.action === 'download' && row.outcome === 'ok';
  return { icon: ICONS[row.action], tone: isPickedUp ? 'good' : 'plain' };
}

/** A deposit in the place of a former one. */
export function isReplacement(row: Act): boolean {
  return row.action === 'deposit' && row.outcome === 'ok' && row.reason === 'replaced';
}

export function hasSucceeded(row: Act): boolean {
  return row.outcome === 'ok' || row.outcome === 'sent';
}

/** How it ended and why, as far as the sentence does not say it. A short code still says more than nothing. */
export function endingOf(row: Act, words: Words['activity']): readonly string[] {
  const reasons: Readonly<Record<string, string>> = words.reasons;
  const { outcome, reason } = row;
  return [
    outcome === 'ok' ? null : words.outcomes[outcome],
    reason === null || isReplacement(row) ? null : (reasons[reason] ?? reason),
  ].filter((fact) => fact !== null);
}

/** Where something went: its new name, or the folder where it keeps its name. */
export function targetIn(path: string, target: string): string {
  return nameIn(path) === nameIn(target) ? nameIn(target.slice(0, target.lastIndexOf('/'))) : nameIn(target);
}

/** The last name of a path. */
export function nameIn(path: string): string {
  return path.split('/').filter(Boolean).at(-1) ?? path;
}
