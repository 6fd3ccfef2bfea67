import type { HistoryRow } from '../../storage/index.js';
import {
  endingOf,
  hasSucceeded,
  isReplacement,
  lineSign,
  nameIn,
  targetIn,
} from '../../web/activity-sentences.js';
import type { ActivityLine } from '../../web/components/activity-lines.js';
import type { MemberVisit } from '../../web/routes.js';
import { fileAddress } from '../addresses.js';

/** A row of the history in words; what is still there is a link to its page. */
export function historyLine(visit: MemberVisit, row: HistoryRow): ActivityLine {
  const { path, target, entryId } = row;
  const href = row.isThere && entryId !== null ? fileAddress(entryId) : undefined;
  return {
    ...lineSign(row),
    at: row.at,
    who: whoOf(visit, row),
    did: didOf(visit, row),
    object: path === null ? null : { text: nameIn(path), title: path, href },
    to: visit.words.activity.to,
    target: path === null || target === null ? null : { text: targetIn(path, target), title: target },
    facts: factsOf(visit, row),
    door: visit.words.activity.doors[row.door],
  };
}

/** « Vous », a name, or PEPS itself. */
export function whoOf(visit: MemberVisit, row: HistoryRow): string {
  const { activity, history } = visit.words;
  if (row.isOwn) return history.you;
  return row.who ?? (row.door === 'system' ? activity.appliance : activity.somebody);
}

/** « avez déposé », « a déposé ». */
export function didOf(visit: MemberVisit, row: HistoryRow): string {
  const { activity, history } = visit.words;
  if (isReplacement(row)) return row.isOwn ? history.youReplaced : activity.replaced;
  const yours: Readonly<Record<string, { readonly done: string; readonly tried: string }>> = history.yourActs;
  const act = (row.isOwn ? yours[row.action] : undefined) ?? activity.acts[row.action];
  return hasSucceeded(row) ? act.done : act.tried;
}

function factsOf(visit: MemberVisit, row: HistoryRow): readonly string[] {
  const size = row.sizeBytes === null ? [] : [visit.format.size(row.sizeBytes)];
  return [...(row.group === null ? [] : [row.group]), ...size, ...endingOf(row, visit.words.activity)];
}
