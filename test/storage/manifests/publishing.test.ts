import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { failureOf, mkdir, peek, put } from '../acts.js';
import { type Delivery, manifestOf, openDelivery, sha256 } from './delivery.js';

describe('what a service account deposits with a manifest', () => {
  let delivery: Delivery;
  beforeAll(async () => {
    delivery = await openDelivery();
  });
  beforeEach(() => delivery.begin());
  afterAll(() => delivery.close());

  const FILES = { 'a.csv': 'first', 'b.csv': 'second' };
  const expectNothing = async () => {
    expect(await delivery.names(delivery.claire)).toEqual([]);
    expect(await delivery.lines()).toEqual([]);
    expect(await delivery.appliance.takeMails()).toEqual([]);
  };
  const expectPublished = async () => {
    expect(await delivery.names(delivery.claire)).toEqual(['a.csv', 'b.csv']);
    expect(await peek(delivery.nadia, `${delivery.folder}/b.csv`)).toBe('second');
    expect(await delivery.read('lot.OK')).toBe('2 files published at 2026-06-30T07:00:00.000Z\n');
    expect(await delivery.read('lot.KO')).toBeNull();
    expect(await delivery.lines()).toEqual(['deposit ok a.csv', 'deposit ok b.csv']);
    const mails = await delivery.appliance.takeMails();
    expect(mails.map(({ to }) => to.name).sort()).toEqual([
      'Claire Moreau',
      'Julien Roy',
      'Marc Dole',
      'Nadia Benali',
    ]);
    expect(mails.map(({ intent }) => intent)).toEqual(
      mails.map(() => expect.objectContaining({ files: [expect.anything(), expect.anything()], omitted: 0 })),
    );
    expect(await delivery.usedBytes()).toBe(await delivery.liveBytes());
  };

  test('is its own until the manifest comes, then everybody’s, with one mail', async () => {
    await delivery.send('a.csv', 'first');
    await delivery.send('b.csv', 'second');
    await expectNothing();
    expect(await delivery.names(delivery.job)).toEqual(['a.csv', 'b.csv']);
    expect(await delivery.read('a.csv')).toBe('first');
    expect(await failureOf(delivery.claire.stat(delivery.at('a.csv')))).toBe('not-found');
    await delivery.send('lot.sha256', manifestOf(FILES));
    await expectPublished();
  });

  test('may come after the manifest, which waits', async () => {
    await delivery.send('lot.sha256', manifestOf(FILES));
    await delivery.send('b.csv', 'second');
    await expectNothing();
    expect(await delivery.names(delivery.job)).toEqual(['b.csv', 'lot.sha256']);
    await delivery.send('a.csv', 'first');
    await expectPublished();
  });

  test('lies in folders below the manifest’s', async () => {
    await mkdir(delivery.job, `${delivery.folder}/d`, `${delivery.folder}/d/e`);
    await delivery.send('d/e/deep.csv', 'deep');
    await delivery.send(
      'lot.sha256',
      `# nightly\r\n\r\n${sha256('deep')} *./d/e/deep.csv\r\n${sha256('x')}  d/x.csv`,
    );
    expect(await delivery.names(delivery.claire, '/d/e')).toEqual([]);
    await delivery.send('d/x.csv', 'x');
    expect(await delivery.names(delivery.claire, '/d/e')).toEqual(['deep.csv']);
    expect((await delivery.lines()).slice(2)).toEqual(['deposit ok d/e/deep.csv', 'deposit ok d/x.csv']);
  });

  test('is refused as a whole for one wrong digest among fifty, and published once that is mended', async () => {
    const files = Object.fromEntries(
      Array.from({ length: 50 }, (_, index) => [`f${index}.csv`, `content ${index}`]),
    );
    for (const [name, content] of Object.entries(files))
      await delivery.send(name, name === 'f17.csv' ? 'broken' : content);
    await delivery.send('lot.sha256', manifestOf(files));
    await expectNothing();
    expect(await delivery.read('lot.KO')).toBe(
      `line 18: f17.csv: wrong SHA-256: ${sha256('content 17')} in the manifest, ${sha256('broken')} of what is there\n`,
    );
    await delivery.send('f17.csv', 'content 17');
    expect(await delivery.names(delivery.claire)).toHaveLength(50);
    expect(await delivery.read('lot.KO')).toBeNull();
    expect(await delivery.read('lot.OK')).toMatch(/^50 files published at /);
    expect(await delivery.lines()).toHaveLength(50);
    const mails = await delivery.appliance.takeMails();
    expect(mails).toHaveLength(4);
    expect(mails[0]?.intent).toMatchObject({ template: 'group-deposits', omitted: 0 });
    expect(await delivery.usedBytes()).toBe(await delivery.liveBytes());
  });

  test('goes on in the entry of the file that was deleted for it, so that links still lead there', async () => {
    const old = await put(delivery.claire, `${delivery.folder}/a.csv`, 'old');
    await delivery.job.remove(delivery.at('a.csv'));
    await delivery.send('a.csv', 'first');
    expect(await delivery.names(delivery.claire)).toEqual([]);
    await delivery.send('lot.sha256', manifestOf({ 'a.csv': 'first' }));
    expect(await delivery.claire.stat(delivery.at('a.csv'))).toMatchObject({ id: old.id, sizeBytes: 5 });
    expect(await delivery.usedBytes()).toBe(await delivery.liveBytes());
  });

  test('leaves what it is to replace in its place until it is published', async () => {
    const old = await put(delivery.claire, `${delivery.folder}/a.csv`, 'what was there');
    await delivery.appliance.takeMails();
    await delivery.send('a.csv', 'first');
    expect(await delivery.names(delivery.job)).toEqual(['a.csv']);
    expect(await delivery.read('a.csv')).toBe('first');
    expect(await peek(delivery.claire, `${delivery.folder}/a.csv`)).toBe('what was there');
    expect(await delivery.appliance.takeMails()).toEqual([]);
    await delivery.send('lot.sha256', manifestOf({ 'a.csv': 'first' }));
    expect(await peek(delivery.claire, `${delivery.folder}/a.csv`)).toBe('first');
    expect(await delivery.claire.stat(delivery.at('a.csv'))).toMatchObject({ id: old.id, sizeBytes: 5 });
    expect((await delivery.lines()).at(-1)).toBe('deposit ok a.csv replaced');
    expect(await delivery.usedBytes()).toBe(await delivery.liveBytes());
  });
});
