import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { parsePath, type Workspace } from '../../storage/index.js';
import { GROUP_NAME, openTestStorage, PEOPLE, type TestStorage } from '../support/appliance.js';
import { createFakeClock } from '../support/fake-clock.js';
import { begin, mkdir, peek, put, tree } from './acts.js';
import { openParts, type Parts } from './parts.js';

describe('after a process that was killed', () => {
  const clock = createFakeClock();
  let appliance: TestStorage;
  let parts: Parts;
  let nadia: Workspace;
  let folder: string;
  let count = 0;
  /** What the dead process held open; let go of when its test is over, so that no file stays open. */
  const held: { abort(reason: unknown): Promise<void> }[] = [];

  beforeAll(async () => {
    appliance = await openTestStorage({ clock });
    parts = await openParts(appliance, { clock });
  });
  beforeEach(async () => {
    await appliance.takeMails();
    folder = `/${GROUP_NAME}/t${++count}`;
    nadia = await appliance.workspace('nadia', 'sftp');
    await mkdir(nadia, folder, `${folder}/d`);
    await put(nadia, `${folder}/d/old.txt`, 'old');
  });
  afterEach(async () => {
    for (const one of held.splice(0)) await one.abort('dead');
  });
  afterAll(async () => {
    await parts.close();
    await appliance.close();
  });

  const restart = async () => {
    appliance = await appliance.reopen();
    nadia = await appliance.workspace('nadia');
  };
  const blobIds = async () => {
    const ids: string[] = [];
    for await (const blob of parts.blobs.list()) ids.push(blob.id);
    return ids;
  };
  const newLines = async () =>
    (await appliance.history())
      .filter((row) => row.path?.startsWith(`${folder}/`))
      .slice(2)
      .map((row) => `${row.action} ${row.outcome} ${row.reason} ${row.account} ${row.protocol} ${row.path}`);

  test('deposits under way are gone, with a line each; the old content stays', async () => {
    const replacing = await begin(nadia, `${folder}/d/old.txt`, { declaredSizeBytes: 2_000_000 });
    await replacing.write(Buffer.alloc(1000), 0);
    const creating = await begin(nadia, `${folder}/d/new.txt`);
    await creating.write(Buffer.alloc(500), 0);
    held.push(replacing, creating);
    // A short one of unknown size is listed when it lasts.
    await expect.poll(() => parts.rows('uploads'), { timeout: 5000 }).toHaveLength(2);
    await restart();
    expect(await tree(nadia, folder)).toEqual([`${folder}/d/`, `${folder}/d/old.txt`]);
    expect(await peek(nadia, `${folder}/d/old.txt`)).toBe('old');
    expect(await parts.rows('uploads')).toEqual([]);
    expect((await parts.rows('spaces')).map((row) => row.reserved_bytes)).toEqual([0, 0]);
    for await (const staged of parts.blobs.listStaged()) expect(staged).toBeUndefined();
    expect((await newLines()).sort()).toEqual([
      `deposit aborted restart ${PEOPLE.nadia.login} sftp ${folder}/d/new.txt`,
      `deposit aborted restart ${PEOPLE.nadia.login} sftp ${folder}/d/old.txt`,
    ]);
    await put(nadia, `${folder}/d/new.txt`, 'tried again');
  });

  test('between the blob and its transaction the blob is removed; one that is in use never', async () => {
    const upload = await begin(nadia, `${folder}/d/new.txt`, { declaredSizeBytes: 2_000_000 });
    await upload.write(Buffer.from('published, not committed'), 0);
    held.push(upload);
    const [row] = await parts.rows('uploads');
    const kept = await blobIds();
    const staged = await parts.blobs.stage(crypto.randomUUID());
    await staged.publish();
    const orphan = (await blobIds()).find((id) => !kept.includes(id)) ?? '';
    await parts.run('UPDATE uploads SET blob_id = ? WHERE id = ?', orphan, String(row?.id));
    await restart();
    expect(await blobIds()).toEqual(kept);
    await parts.run(
      `INSERT INTO uploads (id, account_id, space_id, parent_id, name, blob_id, wrapped_key, key_id, door, state,
       declared_size_bytes, received_bytes, reserved_bytes, created_at, updated_at) SELECT 'again', account_id, space_id, parent_id, 'x', blob.id, wrapped_key, key_id, 'sftp', 'open',
       NULL, 0, 0, 1, 1 FROM blobs AS blob, entries AS entry, (SELECT id AS account_id FROM accounts LIMIT 1) WHERE
       parent_id IS NOT NULL LIMIT 1`,
    );
    await restart();
    expect(await blobIds()).toEqual(kept);
    expect(await parts.rows('uploads')).toEqual([]);
  });

  test('what a release before parking left open is ended, however much had come', async () => {
    const upload = await begin(await appliance.workspace('nadia', 'sftp'), `${folder}/d/new.txt`);
    for (let start = 0; start < 3_000_000; start += 100_000) await upload.write(Buffer.alloc(100_000), start);
    held.push(upload);
    await parts.run("DELETE FROM knex_migrations WHERE name >= '0002'");
    await parts.run('DROP TABLE visits');
    await parts.run('DROP TABLE house_texts');
    for (const column of ['terms_version', 'terms_accepted_at'])
      await parts.run(`ALTER TABLE accounts DROP COLUMN ${column}`);
    await parts.run('DROP INDEX versions_deposited_at');
    await parts.run('DROP INDEX entries_held');
    await parts.run('ALTER TABLE groups DROP COLUMN manifests');
    for (const table of ['held_versions', 'manifests', 'manifest_lines'])
      await parts.run(`DROP TABLE ${table}`);
    await parts.run('ALTER TABLE properties DROP COLUMN language');
    for (const column of ['keys_only', 'networks', 'only_group_id', 'only_role'])
      await parts.run(`ALTER TABLE accounts DROP COLUMN ${column}`);
    await parts.run('DROP INDEX uploads_account_id_state_index');
    for (const column of [
      'credential_id',
      'base_version_id',
      'base_size_bytes',
      'kept_bytes',
      'is_in_order',
      'expires_at',
    ])
      await parts.run(`ALTER TABLE uploads DROP COLUMN ${column}`);
    await restart();
    expect(await parts.rows('uploads')).toEqual([]);
    expect(await newLines()).toEqual([
      `deposit aborted restart ${PEOPLE.nadia.login} sftp ${folder}/d/new.txt`,
    ]);
  });

  test('readings under way are told as interrupted', async () => {
    const claire = await appliance.workspace('claire');
    await put(nadia, `${folder}/d/large.bin`, Buffer.alloc(1024 * 1024 + 1));
    const download = await claire.get(parsePath(`${folder}/d/large.bin`));
    await download.read({ start: 0, end: 3 });
    held.push({ abort: () => download.close('interrupted', []).catch(() => undefined) });
    await restart();
    expect((await parts.rows('transfers')).filter((row) => row.state !== 'ended')).toEqual([]);
    expect((await newLines()).slice(1)).toEqual([
      `read interrupted restart ${PEOPLE.claire.login} webdav ${folder}/d/large.bin`,
    ]);
    await restart();
    expect((await newLines()).slice(1)).toHaveLength(1);
  });

  test('what was acknowledged is there, and its mail is still to be sent', async () => {
    await restart();
    expect(await peek(nadia, `${folder}/d/old.txt`)).toBe('old');
    expect((await appliance.takeMails()).map((mail) => mail.intent.template)).toEqual(
      Array(3).fill('group-deposits'),
    );
  });

  test('a deposit that another process took for dead is refused at its end', async () => {
    const upload = await begin(nadia, `${folder}/d/new.txt`);
    await upload.write(Buffer.alloc(1024 * 1024), 0);
    await parts.run('DELETE FROM uploads');
    await expect(upload.commit()).rejects.toMatchObject({ code: 'aborted', reason: 'ended' });
    expect(await tree(nadia, folder)).toEqual([`${folder}/d/`, `${folder}/d/old.txt`]);
    expect(Math.min(...(await parts.rows('spaces')).map((row) => Number(row.reserved_bytes)))).toBe(0);
  });
});
