import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parsePath } from '../../storage/index.js';
import {
  deposit,
  fetchText,
  namesIn,
  openTestStorage,
  PEOPLE,
  type TestStorage,
} from '../support/appliance.js';
import { createFakeClock } from '../support/fake-clock.js';

describe('a document on its way', () => {
  let appliance: TestStorage;
  const clock = createFakeClock();

  beforeEach(async () => {
    appliance = await openTestStorage({ clock });
  });
  afterEach(() => appliance.close());

  test('is deposited, recorded, announced to each other member once, and downloaded', async () => {
    const nadia = await appliance.workspace('nadia');
    await deposit(nadia, '/Crèche Les Lutins/Présences.csv', 'a;b');
    const claire = await appliance.workspace('claire', 'sftp');
    expect(await namesIn(claire, '/')).toEqual(['Crèche Les Lutins']);
    expect(await namesIn(claire, '/Crèche Les Lutins')).toEqual(['Présences.csv']);
    expect(await fetchText(claire, '/Crèche Les Lutins/Présences.csv')).toBe('a;b');
    const history = await appliance.history();
    expect(
      history.map(({ action, outcome, account, protocol, path, sizeBytes }) => [
        action,
        outcome,
        account,
        protocol,
        path,
        sizeBytes,
      ]),
    ).toEqual([
      ['deposit', 'ok', PEOPLE.nadia.login, 'webdav', '/Crèche Les Lutins/Présences.csv', 3],
      ['download', 'ok', PEOPLE.claire.login, 'sftp', '/Crèche Les Lutins/Présences.csv', 3],
    ]);
    const mails = await appliance.takeMails();
    expect(mails.map((mail) => mail.to.address).sort()).toEqual(
      [PEOPLE.claire.login, PEOPLE.julien.login, PEOPLE.marc.login].sort(),
    );
    expect(
      mails.every((mail) => mail.intent.template === 'group-deposits' && mail.intent.files.length === 1),
    ).toBe(true);
  });

  test('is one line and one mail when it came under a temporary name, over an existing file too', async () => {
    const nadia = await appliance.workspace('nadia', 'sftp');
    const final = parsePath('/Crèche Les Lutins/export.csv');
    for (const night of ['lundi', 'mardi', 'mercredi']) {
      const temporary = parsePath('/Crèche Les Lutins/export.csv.filepart');
      await deposit(nadia, '/Crèche Les Lutins/export.csv.filepart', night);
      expect(await namesIn(await appliance.workspace('claire'), '/Crèche Les Lutins')).not.toContain(
        'export.csv.filepart',
      );
      await nadia.move(temporary, final, { overwrite: true });
      expect(await fetchText(nadia, '/Crèche Les Lutins/export.csv')).toBe(night);
      expect(await appliance.takeMails()).toHaveLength(3);
    }
    const rows = (await appliance.history()).filter((row) => row.action !== 'download');
    expect(rows.map((row) => [row.action, row.path])).toEqual(
      Array(3).fill(['deposit', '/Crèche Les Lutins/export.csv']),
    );
  });

  test('leaves nothing when it is broken off, and the old content when it would have replaced', async () => {
    const nadia = await appliance.workspace('nadia');
    await deposit(nadia, '/Crèche Les Lutins/a.txt', 'old');
    await appliance.takeMails();
    const upload = await nadia.put(parsePath('/Crèche Les Lutins/a.txt'), {
      base: 'empty',
      mode: 'create-or-replace',
    });
    await upload.write(Buffer.from('new and'), 0);
    await upload.abort(new Error('cut'));
    expect(await fetchText(nadia, '/Crèche Les Lutins/a.txt')).toBe('old');
    expect(await appliance.takeMails()).toEqual([]);
    expect((await appliance.history()).at(1)).toMatchObject({
      action: 'deposit',
      outcome: 'aborted',
      sizeBytes: 7,
    });
  });
});
