// The one judge of all campaigns: what the clients' ledger says against both doors, the database, the blobs and the outbox.
import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { ACKNOWLEDGED } from './outcome.mjs';
import { GROUP, PEOPLE, pepsRows } from './place.mjs';

const sqlite3 = createRequire(import.meta.url)('sqlite3');

/**
 * `findings` gathers what must never be, each `{ kind, detail }`: lost, partial (visible, and nothing that was ever sent), unexpected,
 * doors-differ, activity, mail, blob, quota, staging, unreadable.
 */
export function createOracle({ place, ledger }) {
  const findings = [];
  const find = (kind, detail) => findings.push({ kind, detail });
  /** Older content in place of what was acknowledged is a loss; what nobody ever sent is a part. */
  const kindOf = (value) => (value === undefined || ledger.wasSent(value) ? 'lost' : 'partial');

  /** Finds out what became of each operation nobody heard of; one that is neither done nor undone is a finding. */
  async function settle(doors) {
    for (const [index, operation] of [...ledger.open.values()].entries()) {
      const door = doors[index % doors.length];
      const { paths, before, after } = ledger.outcomesOf(operation);
      const found = [];
      for (const path of paths) found.push(await contentAt(door, path));
      const isAfter = after.every((content, at) => isSame(content, found[at]));
      const isBefore = before.every((content, at) => isSame(content, found[at]));
      if (!isAfter && !isBefore)
        find(kindOf(found.find(Boolean)?.sha256), { door: door.door, operation, found, before, after });
      ledger.resolve(operation, isAfter);
    }
  }

  /** Names and sizes of all folders through both doors, and the contents of `paths` through one after the other. */
  async function verifyDoors(doors, folders, paths = [...ledger.expected.keys()]) {
    for (const door of doors) for (const folder of folders) await verifyFolder(door, folder);
    for (const [index, path] of paths.entries()) {
      const door = doors[index % doors.length];
      const expected = ledger.expected.get(path);
      const found = await contentAt(door, path);
      if (!isSame(expected ?? null, found))
        find(kindOf(found?.sha256), { door: door.door, path, expected, found });
    }
  }

  async function verifyFolder(door, folder) {
    const listed = await door.list(folder);
    if (!listed) return find('unreadable', { door: door.door, folder });
    const expected = new Map(
      [...ledger.expected]
        .filter(([path]) => path.startsWith(`${folder}/`))
        .map(([path, { sizeBytes }]) => [path.slice(folder.length + 1), sizeBytes]),
    );
    for (const [name, sizeBytes] of expected) {
      if (!listed.has(name)) find('lost', { door: door.door, path: `${folder}/${name}` });
      else if (listed.get(name) !== sizeBytes)
        find(kindOf(listed.get(name)), {
          door: door.door,
          path: `${folder}/${name}`,
          listed: listed.get(name),
          sizeBytes,
        });
    }
    for (const name of listed.keys())
      if (!expected.has(name)) find('unexpected', { door: door.door, path: `${folder}/${name}` });
  }

  async function contentAt(door, path) {
    const { status, sizeBytes, sha256 } = await door.digest(path);
    if (sha256) return { sizeBytes, sha256 };
    if (status !== 404 && status !== 2) find('unreadable', { door: door.door, path, status });
    return null;
  }

  /** History, mail, quota, staging and blobs. Nothing may be under way. @returns what was counted */
  async function verifyRecords() {
    verifyActivity(find, ledger, pepsRows(place, ['activity']));
    const database = await openReadOnly(place.databaseFile);
    try {
      await verifyMail(find, place, database);
      await verifyUsage(find, place, database);
    } finally {
      await database.close();
    }
    for (const fault of pepsRows(place, ['check'], [0, 1])) find('blob', fault);
    return countRecords();
  }

  function countRecords() {
    const acknowledged = ledger.operations.filter(({ outcome }) => outcome === ACKNOWLEDGED);
    const unheard = ledger.operations.filter(({ outcome }) => outcome !== ACKNOWLEDGED);
    return {
      operations: ledger.operations.length,
      acknowledged: acknowledged.length,
      acknowledgedDeposits: acknowledged.filter(({ act }) => act === 'put').length,
      unacknowledged: unheard.length,
      unacknowledgedThatHappened: unheard.filter(({ happened }) => happened).length,
    };
  }

  return { findings, find, settle, verifyDoors, verifyRecords };
}

/** How many findings of each kind. */
export function countKinds(findings) {
  const counts = {};
  for (const { kind } of findings) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
}

/** One row per act that happened, none for what did not. */
function verifyActivity(find, ledger, rows) {
  const seen = count(rows.filter(({ outcome }) => outcome === 'ok').flatMap(keyOfRow));
  const wanted = count(ledger.operations.filter(({ happened }) => happened).map(keyOfOperation));
  for (const [key, times] of wanted)
    if (seen.get(key) !== times) find('activity', { key, rows: seen.get(key) ?? 0, happened: times });
  for (const [key, times] of seen) if (!wanted.has(key)) find('activity', { key, rows: times, happened: 0 });
}

function keyOfRow({ action, path, target, sha256, reason }) {
  if (action === 'deposit') return [`put ${path} ${sha256}`];
  if (action === 'move') return [`move ${path} ${target}`];
  // What a move replaced is told as deleted, beside the move.
  return action === 'delete' && reason !== 'replaced' ? [`delete ${path}`] : [];
}

function keyOfOperation({ act, path, to, sha256 }) {
  const whole = (inner) => `/${GROUP}/${inner}`;
  if (act === 'put') return `put ${whole(path)} ${sha256}`;
  return act === 'move' ? `move ${whole(path)} ${whole(to)}` : `delete ${whole(path)}`;
}

/** Each deposit is told to every other member once: in a mail that waits, or in one that left. */
async function verifyMail(find, place, database) {
  const deposits = await database.all(`SELECT activity.version_id AS version, COUNT(item.id) AS items,
      COUNT(DISTINCT item.collect_key) AS recipients,
      EXISTS (SELECT 1 FROM entries WHERE version_id = activity.version_id AND deleted_at IS NULL) AS is_live
    FROM activity LEFT JOIN notification_items AS item ON item.version_id = activity.version_id
    WHERE action = 'deposit' AND outcome = 'ok' GROUP BY activity.version_id`);
  // A mail of which nothing is there any more when it is due is dropped, items and all.
  const isKept = place.quietSeconds >= 900;
  for (const { version, items, recipients, is_live: isLive } of deposits) {
    const isMissing = items < PEOPLE.length - 1 && (isLive || isKept);
    if (isMissing || items > PEOPLE.length - 1 || recipients !== items)
      find('mail', { version, items, recipients, isLive });
  }
  const [{ strays }] =
    await database.all(`SELECT COUNT(*) AS strays FROM notification_items WHERE version_id NOT IN
    (SELECT version_id FROM activity WHERE action = 'deposit' AND outcome = 'ok')`);
  if (strays > 0) find('mail', { itemsWithoutDeposit: strays });
  const [{ unpromised }] = await database.all(`SELECT COUNT(*) AS unpromised FROM notification_items AS item
    WHERE outbox_id IS NULL AND NOT EXISTS (SELECT 1 FROM outbox WHERE outbox.collect_key = item.collect_key
      AND state = 'waiting' AND attempts = 0)`);
  if (unpromised > 0) find('mail', { itemsWithoutMail: unpromised });
  verifyLetters(find, place, pepsRows(place, ['outbox']));
}

/** A mail that counts as sent is there, once; a folder mailer names the letter by the mail's id. */
function verifyLetters(find, place, mails) {
  const folder = join(place.dataDir, 'mail');
  const letters = new Set(
    (existsSync(folder) ? readdirSync(folder) : [])
      .filter((name) => name.endsWith('.eml'))
      .map((name) => name.slice(0, -4)),
  );
  for (const { id, state, error } of mails) {
    if (state === 'sent' && !letters.has(id)) find('mail', { sentWithoutLetter: id });
    if (state === 'failed') find('mail', { failed: id, error });
  }
}

/** Quota and reservations add up, and nothing is left of uploads but what is parked for its depositor. */
async function verifyUsage(find, place, database) {
  const [usage] = await database.all(`SELECT
    (SELECT SUM(used_bytes) FROM spaces) AS used, (SELECT SUM(reserved_bytes) FROM spaces) AS reserved,
    (SELECT COALESCE(SUM(versions.size_bytes), 0) FROM entries JOIN versions ON versions.id = entries.version_id
      WHERE deleted_at IS NULL) AS live,
    (SELECT COALESCE(SUM(reserved_bytes), 0) FROM uploads WHERE state = 'parked') AS parked_bytes,
    (SELECT COUNT(*) FROM uploads WHERE state = 'parked') AS parked,
    (SELECT COUNT(*) FROM uploads WHERE state <> 'parked') AS open`);
  if (usage.used !== usage.live) find('quota', { usedBytes: usage.used, liveBytes: usage.live });
  if (usage.reserved !== usage.parked_bytes)
    find('quota', { reservedBytes: usage.reserved, parkedBytes: usage.parked_bytes });
  if (usage.open !== 0) find('staging', { openUploads: usage.open });
  const staged = readdirSync(join(place.dataDir, 'staging')).length;
  if (staged !== usage.parked) find('staging', { stagedFiles: staged, parkedUploads: usage.parked });
}

/** A connection that cannot change anything; the caller closes it. */
export async function openReadOnly(file) {
  const database = await new Promise((resolve, reject) => {
    const opened = new sqlite3.Database(file, sqlite3.OPEN_READONLY, (error) =>
      error ? reject(error) : resolve(opened),
    );
  });
  database.configure('busyTimeout', 10_000);
  return {
    all: (sql) =>
      new Promise((resolve, reject) =>
        database.all(sql, (error, rows) => (error ? reject(error) : resolve(rows))),
      ),
    close: () => new Promise((resolve) => database.close(resolve)),
  };
}

function isSame(one, other) {
  return one?.sha256 === other?.sha256 && one?.sizeBytes === other?.sizeBytes;
}

function count(keys) {
  const counts = new Map();
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  return counts;
}
