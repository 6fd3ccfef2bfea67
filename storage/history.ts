import { recordActivity } from './activity.js';
import { assertLive } from './admission.js';
import type { Visit } from './foundations.js';
import { type Access, accessOf, historyPeople, rowFor } from './history-access.js';
import type { HistoryFilter, HistoryPage, HistoryRow, HistoryStretch } from './history-model.js';
import { firstIdSince, idsOf, recordsOf } from './metadata/history.js';

export type * from './history-model.js';
export { historyPeople };

/** How many rows one look at the log takes up. */
const STRETCH = 250;
/** A page looks through no more than these: what is rare is found some pages on. */
const PAGE_STRETCHES = 20;
const EXPORT_STRETCHES = 800;
/** Rows of acts that ended together may be this far from the order of time. */
const SLACK_MS = 86_400_000;

/** One page. Reads at most 5,000 rows of the log; where that was too little, the page is short and says where to go on. */
export async function history(
  visit: Visit,
  filter: HistoryFilter,
  stretch: HistoryStretch,
): Promise<HistoryPage> {
  assertLive(visit);
  const access = await accessOf(visit, filter);
  return stretch.after === undefined
    ? pageDown(visit, access, stretch)
    : pageUp(visit, access, stretch.after, stretch.limit);
}

/** Looks through at most 200,000 rows; a last page that has a `next` says that it was cut there. */
export async function exportHistory(
  visit: Visit,
  filter: HistoryFilter,
): Promise<AsyncIterable<HistoryPage>> {
  assertLive(visit);
  const access = await accessOf(visit, filter);
  await recordExport(visit, access);
  return exportPages(visit, access);
}

async function* exportPages(visit: Visit, access: Access): AsyncGenerator<HistoryPage> {
  let before = await newestBound(visit, access);
  for (let count = 0; count < EXPORT_STRETCHES; count += 1) {
    assertLive(visit);
    const { rows, last, isEnd } = await look(visit, access, { before });
    yield { rows, next: isEnd ? null : last, previous: null };
    if (isEnd || last === null) return;
    before = last;
  }
}

async function recordExport(visit: Visit, { membership }: Access): Promise<void> {
  const { account, origin } = visit.session;
  await visit.database.write((transaction) =>
    recordActivity(transaction, [
      {
        at: visit.clock.now(),
        action: 'export',
        outcome: 'ok',
        door: origin.door,
        accountId: account.id,
        groupId: null,
        entryId: null,
        versionId: null,
        sizeBytes: null,
        personal: {
          account: account.login,
          accountName: account.name,
          address: origin.address,
          group: membership?.groupName,
        },
      },
    ]),
  );
}

async function pageDown(
  visit: Visit,
  access: Access,
  { before, limit }: HistoryStretch,
): Promise<HistoryPage> {
  const start = before ?? (await newestBound(visit, access));
  const { rows, next } = await gather(visit, access, { before: start }, limit);
  return { rows, next, previous: before === undefined ? null : (rows[0]?.id ?? before - 1) };
}

async function pageUp(visit: Visit, access: Access, after: number, limit: number): Promise<HistoryPage> {
  const { rows, next } = await gather(visit, access, { after }, limit);
  return { rows: rows.toReversed(), next: rows[0]?.id ?? after + 1, previous: next };
}

type Bound = Pick<HistoryStretch, 'before' | 'after'>;

/** Looks on until there are `limit` rows. `next`: where to go on, null at the end. */
async function gather(visit: Visit, access: Access, bound: Bound, limit: number) {
  const found: HistoryRow[] = [];
  let from = bound;
  for (let count = 0; count < PAGE_STRETCHES; count += 1) {
    const { rows, last, isEnd } = await look(visit, access, from);
    found.push(...rows);
    if (found.length > limit) return { rows: found.slice(0, limit), next: found[limit - 1]?.id ?? null };
    if (isEnd || last === null) return { rows: found, next: null };
    from = bound.after === undefined ? { before: last } : { after: last };
  }
  const { before, after } = from;
  return { rows: found, next: before ?? after ?? null };
}

/** The next 250 rows of the log, of which those are given that may be seen and were asked for. `last`: the id of the last one. */
async function look(visit: Visit, access: Access, bound: Bound) {
  const { reader } = visit.database;
  const ids = await idsOf(reader, access.streams, { ...bound, limit: STRETCH });
  const last = ids.at(-1) ?? null;
  if (last === null) return { rows: [], last, isEnd: true };
  const records = new Map((await recordsOf(reader, ids)).map((record) => [record.id, record]));
  const rows = ids.flatMap((id) => {
    const record = records.get(id);
    return record === undefined ? [] : (rowFor(record, access) ?? []);
  });
  const at = records.get(last)?.at;
  return { rows, last, isEnd: ids.length < STRETCH || (at !== undefined && isBeyond(at, access, bound)) };
}

function isBeyond(at: number, { filter }: Access, { after }: Bound): boolean {
  if (after === undefined) return filter.from !== undefined && at < filter.from.getTime() - SLACK_MS;
  return filter.to !== undefined && at > filter.to.getTime() + SLACK_MS;
}

/** Where to begin for a filter that ends in the past. */
async function newestBound(visit: Visit, { filter }: Access): Promise<number | undefined> {
  return filter.to && firstIdSince(visit.database.reader, filter.to.getTime() + SLACK_MS);
}
