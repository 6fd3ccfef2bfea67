import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { leafHash } from '../../storage/activity.js';
import { sealedSizeBytes } from '../../storage/blobs/frames.js';
import { checkBlobs } from '../../storage/check.js';
import type { Parts } from '../storage/parts.js';

/** One question to the database; each row of its answer is a fault. */
interface Question {
  readonly fault: string;
  readonly sql: string;
}

/** The current versions of what is there. */
const LIVE = `SELECT version.*, entry.space_id, entry.state, entry.private_to FROM entries AS entry
  JOIN versions AS version ON version.id = entry.version_id WHERE entry.deleted_at IS NULL`;
const DEPOSITS = `SELECT version_id, count(*) AS lines FROM activity WHERE action = 'deposit' AND outcome = 'ok' GROUP BY version_id`;

const QUESTIONS: readonly Question[] = [
  { fault: 'an upload is still open', sql: "SELECT id, name FROM uploads WHERE state = 'open'" },
  { fault: 'a transfer is still open', sql: "SELECT id, path FROM transfers WHERE state = 'open'" },
  {
    fault: 'more is reserved than parked uploads hold',
    sql: `SELECT id, reserved_bytes FROM spaces WHERE reserved_bytes <>
      (SELECT coalesce(sum(reserved_bytes), 0) FROM uploads WHERE uploads.space_id = spaces.id)`,
  },
  {
    fault: 'used_bytes is not the sum of what lives',
    sql: `SELECT id, used_bytes FROM spaces WHERE used_bytes <>
      (SELECT coalesce(sum(size_bytes), 0) FROM (${LIVE}) AS live WHERE live.space_id = spaces.id)`,
  },
  {
    fault: 'a current version has ended',
    sql: `SELECT id FROM (${LIVE}) AS live WHERE ended_at IS NOT NULL`,
  },
  {
    fault: 'bytes that nobody sees are kept for ever',
    sql: `SELECT id FROM versions WHERE ended_at IS NULL AND blob_id IS NOT NULL AND id NOT IN (SELECT id FROM (${LIVE}) AS live)`,
  },
  {
    fault: 'a current version belongs to another entry',
    sql: `SELECT entry.id FROM entries AS entry JOIN versions AS version ON version.id = entry.version_id
      WHERE entry.deleted_at IS NULL AND version.entry_id <> entry.id`,
  },
  {
    fault: 'a file has no content',
    sql: `SELECT entry.id FROM entries AS entry LEFT JOIN versions AS version ON version.id = entry.version_id
      WHERE entry.kind = 'file' AND version.id IS NULL`,
  },
  {
    fault: 'content with bytes has no blob',
    sql: `SELECT id FROM (${LIVE}) AS live WHERE size_bytes > 0 AND blob_id IS NULL`,
  },
  {
    fault: 'a blob is of no version',
    sql: 'SELECT id FROM blobs WHERE id NOT IN (SELECT blob_id FROM versions WHERE blob_id IS NOT NULL)',
  },
  {
    fault: 'a live entry lies in a folder that is gone',
    sql: `SELECT entry.id FROM entries AS entry JOIN entries AS parent ON parent.id = entry.parent_id
      WHERE entry.deleted_at IS NULL AND parent.deleted_at IS NOT NULL`,
  },
  { fault: 'a deposit is told twice', sql: `SELECT * FROM (${DEPOSITS}) AS told WHERE lines > 1` },
  {
    fault: 'a deposit is told of that is not there',
    sql: `SELECT version_id FROM (${DEPOSITS}) AS told WHERE version_id NOT IN (SELECT id FROM versions)`,
  },
  {
    // The content of a copy was deposited once, with the blob it shares.
    fault: 'content others see was never told of',
    sql: `SELECT id FROM (${LIVE}) AS live WHERE state = 'published' AND private_to = '' AND NOT EXISTS (
      SELECT 1 FROM versions AS kin JOIN (${DEPOSITS}) AS told ON told.version_id = kin.id
      WHERE kin.id = live.id OR kin.blob_id = live.blob_id)`,
  },
  {
    fault: 'content that is nobody else’s is told of',
    sql: `SELECT live.id FROM (${LIVE}) AS live JOIN (${DEPOSITS}) AS told ON told.version_id = live.id
      WHERE state = 'reserved'`,
  },
  {
    fault: 'somebody is not told of a deposit, or twice',
    sql: `SELECT live.id, item.told FROM (${LIVE}) AS live JOIN (${DEPOSITS}) AS deposit ON deposit.version_id = live.id
      LEFT JOIN (SELECT version_id, count(*) AS told FROM notification_items GROUP BY version_id) AS item
        ON item.version_id = live.id
      WHERE live.private_to = '' AND coalesce(told, 0) <> (SELECT count(*) FROM memberships AS membership
        JOIN groups ON groups.id = membership.group_id JOIN accounts AS account ON account.id = membership.account_id
        WHERE groups.space_id = live.space_id AND account.kind = 'person' AND account.state = 'active'
          AND membership.role <> 'drop' AND account.id <> live.depositor_account_id)`,
  },
  {
    fault: 'what somebody is to be told has no mail',
    sql: `SELECT id FROM notification_items AS item WHERE NOT EXISTS (SELECT 1 FROM outbox WHERE outbox.id = item.outbox_id)
      AND NOT EXISTS (SELECT 1 FROM outbox WHERE outbox.collect_key = item.collect_key AND state = 'waiting' AND attempts = 0)`,
  },
  {
    fault: 'a line has no personal half',
    sql: 'SELECT id FROM activity WHERE id NOT IN (SELECT activity_id FROM activity_payload)',
  },
  { fault: 'a reference leads nowhere', sql: 'PRAGMA foreign_key_check' },
  {
    fault: 'the database file is damaged',
    sql: "SELECT * FROM pragma_integrity_check WHERE integrity_check <> 'ok'",
  },
];

/**
 * What a crash may never leave behind, asked of the database, the blobs and the outbox after a recovery, with nothing under
 * way; one sentence per fault, none when all is well. Blobs nobody points at are a fault only with `isSwept`.
 */
export async function findFaults(
  parts: Parts,
  directory: string,
  { isSwept }: { readonly isSwept: boolean },
): Promise<string[]> {
  const faults: string[] = [];
  for (const { fault, sql } of QUESTIONS) {
    const rows: readonly unknown[] = await parts.database.reader.raw(sql);
    for (const row of rows) faults.push(`${fault}: ${JSON.stringify(row)}`);
  }
  faults.push(...(await brokenLines(parts)), ...(await faultyFiles(parts, directory, isSwept)));
  for await (const fault of checkBlobs(parts))
    if (isSwept || fault.problem !== 'orphan') faults.push(`peps check: ${JSON.stringify(fault)}`);
  return faults;
}

/** Lines of the history whose hash does not fit what they say. */
async function brokenLines(parts: Parts): Promise<string[]> {
  const rows = await parts.database
    .reader('activity')
    .join('activity_payload as personal', 'personal.activity_id', 'activity.id')
    .select('activity.*', 'personal.salt', 'personal.payload');
  return rows
    .filter((row) => leafHash(row, row.salt, row.payload) !== row.leaf_hash)
    .map((row) => `a line of the history is not what was written: ${row.id}`);
}

async function faultyFiles(parts: Parts, directory: string, isSwept: boolean): Promise<string[]> {
  const faults: string[] = [];
  const blobs = await parts.rows('blobs');
  const sizes = new Map(blobs.map((blob) => [String(blob.id), sealedSizeBytes(Number(blob.size_bytes))]));
  for await (const { id, sizeBytes } of parts.blobs.list()) {
    const expected = sizes.get(id);
    if (expected === undefined && isSwept) faults.push(`a blob nobody points at: ${id}`);
    if (expected !== undefined && expected !== sizeBytes)
      faults.push(`a blob of ${sizeBytes} in place of ${expected} sealed bytes: ${id}`);
  }
  const parked = new Set((await parts.rows('uploads')).map((upload) => upload.blob_id));
  for await (const { id } of parts.blobs.listStaged())
    if (!parked.has(id)) faults.push(`a staging file of no upload: ${id}`);
  for (const name of await readdir(join(directory, 'mail')).catch(() => []))
    if (!name.endsWith('.eml')) faults.push(`a mail that is not whole: ${name}`);
  return faults;
}
