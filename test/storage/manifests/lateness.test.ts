import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { GROUP_NAME, PEOPLE, SERVICE_LOGIN } from '../../support/appliance.js';
import { mkdir, put } from '../acts.js';
import { type Delivery, manifestOf, openDelivery, sha256 } from './delivery.js';

const MINUTE = 60;
const LONE = 'no manifest names this file 60 minutes after its deposit\n';

describe('what waits for a manifest in vain', () => {
  let delivery: Delivery;
  beforeAll(async () => {
    delivery = await openDelivery();
  });
  beforeEach(() => delivery.begin());
  afterAll(() => delivery.close());

  const pass = async (minutes: number) => {
    delivery.clock.advance(minutes * MINUTE);
    await delivery.parts.sweep();
  };
  /** Whom a mail about it went to, and what it names. */
  const told = async () =>
    (await delivery.appliance.takeMails()).map(({ to, intent }) => {
      if (intent.template !== 'held') throw new Error(`A mail of another kind: ${intent.template}`);
      const files = intent.files.map(({ path, depositor }) => `${path} by ${depositor}`);
      return [to.address, ...files, intent.omitted];
    });
  const below = (name: string) => `${delivery.folder.split('/').at(-1)}/${name} by La CAF`;

  test('is told after an hour: beside it, and to the managers in one mail for all', async () => {
    await mkdir(delivery.job, `${delivery.folder}/d`);
    await delivery.send('a.csv', 'lone');
    await delivery.send('d/b.csv', 'lone, too');
    await pass(59);
    expect(await delivery.read('a.csv.KO')).toBeNull();
    expect(await told()).toEqual([]);
    await pass(1);
    expect(await delivery.read('a.csv.KO')).toBe(LONE);
    expect(await delivery.read('d/b.csv.KO')).toBe(LONE);
    expect(await told()).toEqual([[PEOPLE.marc.login, below('a.csv'), below('d/b.csv'), 0]]);
    expect(await delivery.names(delivery.claire)).toEqual(['d']);
    expect(await delivery.names(delivery.job)).toEqual(['a.csv', 'a.csv.KO', 'd']);
    await pass(120);
    expect(await told()).toEqual([]);
    expect(await delivery.usedBytes()).toBe(await delivery.liveBytes());
  });

  test('is still published when its manifest comes, and the answer beside it goes', async () => {
    await delivery.send('a.csv', 'late');
    await pass(60);
    expect(await delivery.read('a.csv.KO')).toBe(LONE);
    await delivery.appliance.takeMails();
    await delivery.send('lot.sha256', manifestOf({ 'a.csv': 'late' }));
    expect(await delivery.names(delivery.claire)).toEqual(['a.csv']);
    expect(await delivery.names(delivery.job)).toEqual(['a.csv', 'lot.OK', 'lot.sha256']);
  });

  test('counts anew when it is sent anew, and leaves nothing behind when it is renamed or removed', async () => {
    for (const name of ['sent.csv', 'renamed.csv', 'removed.csv']) await delivery.send(name, 'lone');
    await pass(60);
    await delivery.appliance.takeMails();
    await delivery.send('sent.csv', 'again');
    await delivery.job.move(delivery.at('renamed.csv'), delivery.at('other.csv'), { overwrite: false });
    await delivery.job.remove(delivery.at('removed.csv'));
    expect(await delivery.names(delivery.job)).toEqual(['other.csv', 'sent.csv']);
    await pass(59);
    expect(await told()).toEqual([]);
    await pass(1);
    expect(await told()).toEqual([[PEOPLE.marc.login, below('sent.csv'), 0]]);
  });

  test('in a manifest whose files are not all there is told of the manifest, not of each', async () => {
    await delivery.send('a.csv', 'there');
    await delivery.send('lot.sha256', manifestOf({ 'a.csv': 'there', 'b.csv': 'not' }));
    await pass(60);
    expect(await delivery.read('lot.KO')).toBe('line 2: b.csv: not there\n');
    expect(await delivery.read('a.csv.KO')).toBeNull();
    expect(await told()).toEqual([[PEOPLE.marc.login, below('lot.sha256'), 0]]);
    await pass(10);
    expect(await told()).toEqual([]);
    await delivery.job.remove(delivery.at('lot.sha256'));
    await pass(1);
    expect(await told()).toEqual([[PEOPLE.marc.login, below('a.csv'), 0]]);
    expect(await delivery.names(delivery.job)).toEqual(['a.csv', 'a.csv.KO']);
  });

  test('in a manifest that was told of is published when the rest comes', async () => {
    await delivery.send('a.csv', 'there');
    await delivery.send('lot.sha256', manifestOf({ 'a.csv': 'there', 'b.csv': 'not' }));
    await pass(60);
    await delivery.send('b.csv', 'wrong');
    expect(await delivery.read('lot.KO')).toMatch(/^line 2: b\.csv: wrong SHA-256/);
    await delivery.send('b.csv', 'not');
    expect(await delivery.names(delivery.claire)).toEqual(['a.csv', 'b.csv']);
    expect(await delivery.names(delivery.job)).toEqual(['a.csv', 'b.csv', 'lot.OK', 'lot.sha256']);
  });

  test('and is older than the manifest that names it waits with the manifest', async () => {
    await delivery.send('a.csv', 'there');
    await pass(30);
    await delivery.send('lot.sha256', manifestOf({ 'a.csv': 'there', 'b.csv': 'not' }));
    await pass(59);
    expect(await told()).toEqual([]);
    await pass(1);
    expect(await told()).toEqual([[PEOPLE.marc.login, below('lot.sha256'), 0]]);
  });

  test('with a wrong line is told at once to the job, and to the managers after an hour', async () => {
    await delivery.send('lot.sha256', 'nonsense\n');
    expect(await told()).toEqual([]);
    await pass(60);
    expect(await told()).toEqual([[PEOPLE.marc.login, below('lot.sha256'), 0]]);
    expect(await delivery.read('lot.KO')).toMatch(/^line 1: not a line of sha256sum/);
  });

  test('does not overwrite what the job itself has under the name of the answer', async () => {
    await delivery.send('a.csv', 'lone');
    await delivery.send('a.csv.KO', 'its own');
    await pass(60);
    expect(await delivery.read('a.csv.KO')).toBe('its own');
    expect(await told()).toEqual([[PEOPLE.marc.login, below('a.csv'), below('a.csv.KO'), 0]]);
  });

  test('is an unfinished file instead once it has a temporary name', async () => {
    await delivery.send('a.csv', 'waits');
    await delivery.job.move(delivery.at('a.csv'), delivery.at('a.tmp'), { overwrite: false });
    await pass(60);
    const mails = await delivery.appliance.takeMails();
    expect(mails.map(({ intent }) => intent.template)).toEqual(['unfinished']);
    await delivery.job.remove(delivery.at('a.tmp'));
  });

  test('is not told as an unfinished file', async () => {
    await delivery.send('a.csv', 'waits');
    await pass(31);
    expect(await told()).toEqual([]);
    await pass(29);
    expect(await told()).toHaveLength(1);
  });

  test('where the switch is turned off goes on waiting, for its manifest or the hour', async () => {
    const { operator } = delivery.appliance;
    const state = async () => (await operator.group(GROUP_NAME)).manifests;
    await delivery.send('a.csv', 'waits');
    await delivery.send('b.csv', 'waits, too');
    await operator.setManifests(GROUP_NAME, false);
    expect(await state()).toBe('ending');
    const job = delivery.appliance.storage.open(await delivery.appliance.signIn(SERVICE_LOGIN, 'sftp'));
    await put(job, `${delivery.folder}/free.csv`, 'published at once');
    expect(await delivery.names(delivery.claire)).toEqual(['free.csv']);
    await put(job, `${delivery.folder}/lot.sha256`, manifestOf({ 'a.csv': 'waits' }));
    expect(await delivery.names(delivery.claire)).toEqual(['a.csv', 'free.csv']);
    await delivery.appliance.takeMails();
    await pass(60);
    expect(await delivery.read('b.csv.KO')).toBe(LONE);
    expect(await state()).toBe('ending');
    for (const row of await delivery.parts.rows('entries'))
      if (row.state === 'held' && row.deleted_at === null)
        await delivery.parts.run('UPDATE entries SET deleted_at = 1 WHERE id = ?', String(row.id));
    await pass(1);
    expect(await state()).toBe('off');
    await put(job, `${delivery.folder}/x.sha256`, `${sha256('x')}  x\n`);
    expect(await delivery.names(delivery.claire)).toEqual(['a.csv', 'free.csv', 'x.sha256']);
    await operator.setManifests(GROUP_NAME, true);
  });
});
