import type { ActivityAction, ActivityRow } from '../storage/index.js';
import {
  endingOf,
  hasSucceeded,
  isReplacement,
  lineSign,
  nameIn,
  targetIn,
} from '../web/activity-sentences.js';
import type { ActivityLine } from '../web/components/activity-lines.js';
import type { AdministratorVisit } from '../web/routes.js';
import { parseRole } from './roles.js';

/** A row of the history in words, for administrators. */
export function activityLine(visit: AdministratorVisit, row: ActivityRow): ActivityLine {
  const words = visit.words.activity;
  const act = words.acts[row.action];
  const object = objectOf(row);
  const hasTarget = row.target !== null && row.path !== null;
  return {
    ...lineSign(row),
    at: row.at,
    who: whoOf(visit, row),
    did: isReplacement(row) ? words.replaced : hasSucceeded(row) ? act.done : act.tried,
    object: object === null ? null : { text: object, title: row.path ?? undefined },
    to: words.to,
    target: hasTarget ? { text: targetIn(row.path, row.target), title: row.target } : null,
    facts: factsOf(visit, row),
    door: words.doors[row.protocol],
  };
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

function factsOf(visit: AdministratorVisit, row: ActivityRow): readonly string[] {
  const words = visit.words.activity;
  return [
    ABOUT_A_GROUP.has(row.action) ? null : row.group,
    row.action === 'member-set' ? roleOf(visit, row) : null,
    row.action === 'group-manifests' ? switchOf(visit, row) : null,
    row.action.startsWith('host-key-') ? row.target : null,
    row.sizeBytes === null ? null : visit.format.size(row.sizeBytes),
    row.account === row.accountName ? null : row.account,
    row.address === null ? null : words.from(row.address),
    ...endingOf(row, words),
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
