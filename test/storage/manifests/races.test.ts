import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { storeText } from '../../../storage/manifests/answers.js';
import { evaluate } from '../../../storage/manifests/evaluation.js';
import { publishDelivery } from '../../../storage/manifests/publishing.js';
import { actContext } from '../../../storage/metadata/context.js';
import { findManifest } from '../../../storage/metadata/held.js';
import { failureOf, put } from '../acts.js';
import { type Delivery, manifestOf, openDelivery } from './delivery.js';

describe('a delivery that changes while it is published', () => {
  let delivery: Delivery;
  beforeAll(async () => {
    delivery = await openDelivery();
  });
  beforeEach(() => delivery.begin());
  afterAll(() => delivery.close());

  const FILES = { 'a.csv': 'first', 'b.csv': 'second' };

  /** A complete delivery that nobody has published, as it was evaluated; somebody has locked a file of it until then. */
  async function evaluated() {
    const { parts, claire } = delivery;
    await put(claire, `${delivery.folder}/b.csv`, 'seen by all');
    const request = { scope: 'exclusive', isDeep: false, ownerXml: '', timeoutSeconds: 600 } as const;
    await delivery.send('a.csv', 'first');
    await delivery.send('b.csv', 'second');
    const { lock } = await claire.lock(delivery.at('b.csv'), request);
    await delivery.send('lot.sha256', manifestOf(FILES));
    await claire.unlock(delivery.at('b.csv'), lock.token);
    const { id } = await delivery.job.stat(delivery.at('lot.sha256'));
    const manifest = await findManifest(parts.database.reader, id);
    if (!manifest) throw new Error('No manifest waits.');
    const context = await actContext(parts.database.reader, manifest.private_to, manifest.space_id);
    if (!context) throw new Error('No group.');
    const now = delivery.clock.now().getTime();
    const evaluation = await evaluate(parts.database.reader, manifest, context.group_id, now);
    expect(evaluation).toMatchObject({ faults: [], missing: [] });
    const publish = async () =>
      publishDelivery(parts, { manifest, context, evaluation, ok: await storeText(parts, 'all of it\n') });
    return { publish };
  }

  test.each([
    ['a file of it is sent anew', () => delivery.send('a.csv', 'something else')],
    ['a file of it is sent anew with the same bytes', () => delivery.send('a.csv', 'first')],
    ['a file of it is removed', () => delivery.job.remove(delivery.at('a.csv'))],
    ['what it replaces is removed', () => delivery.claire.remove(delivery.at('b.csv'))],
    [
      'somebody else deposits under a name of it',
      () => put(delivery.claire, `${delivery.folder}/a.csv`, 'hers'),
    ],
    ['the manifest is removed', () => delivery.job.remove(delivery.at('lot.sha256'))],
  ])('when %s is not published as it was', async (_, change) => {
    const { publish } = await evaluated();
    await change();
    // What came may have completed it: then that was its publication.
    const lines = await delivery.lines();
    expect(await failureOf(publish())).toBe('aborted manifest-changed');
    expect(await delivery.lines()).toEqual(lines);
    expect(await delivery.usedBytes()).toBe(await delivery.liveBytes());
  });

  test('is published once, whoever tries at the same moment', async () => {
    const { publish } = await evaluated();
    const outcomes = await Promise.all([
      failureOf(publish()),
      failureOf(publish()),
      delivery.send('c.csv', 'beside'),
    ]);
    expect(outcomes.slice(0, 2).sort()).toEqual(['aborted manifest-changed', 'no failure']);
    expect((await delivery.lines()).sort()).toEqual([
      'deposit ok a.csv',
      'deposit ok b.csv',
      'deposit ok b.csv replaced',
    ]);
    expect(await delivery.read('lot.OK')).toBe('all of it\n');
  });

  test('whose files come all at the same moment is published as one', async () => {
    const names = Array.from({ length: 40 }, (_, index) => `f${index}.csv`);
    const files = Object.fromEntries(names.map((name) => [name, name]));
    for (let round = 0; round < 5; round++) {
      await delivery.begin();
      await Promise.all([
        delivery.send('lot.sha256', manifestOf(files)),
        ...names.map((name) => delivery.send(name, name)),
      ]);
      expect(await delivery.names(delivery.claire)).toHaveLength(40);
      expect(await delivery.lines()).toHaveLength(40);
      expect(await delivery.read('lot.OK')).toMatch(/^40 files published/);
    }
  });
});
