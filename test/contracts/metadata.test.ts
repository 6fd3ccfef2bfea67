import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parsePath, type Workspace } from '../../storage/index.js';
import { openParts } from '../storage/parts.js';
import {
  deposit,
  fetchText,
  namesIn,
  openTestStorage,
  PEOPLE,
  SERVICE_LOGIN,
  type TestStorage,
} from '../support/appliance.js';
import { type Server, startPostgres, startSqlite } from '../support/databases.js';
import { createFakeClock } from '../support/fake-clock.js';

/** Everything storage asks of its database, on both it runs on. */
function describeMetadata(name: string, start: () => Promise<Server>): void {
  describe(`the whole of storage on ${name}`, { timeout: 60_000 }, () => {
    const clock = createFakeClock();
    let server: Server;
    let appliance: TestStorage;
    let databaseUrl: string;

    beforeAll(async () => {
      server = await start();
      databaseUrl = await server.create();
      appliance = await openTestStorage({ clock, databaseUrl });
    }, 120_000);
    afterAll(async () => {
      await appliance?.close();
      await server?.stop();
    }, 60_000);

    const at = (path: string) => parsePath(`/${appliance.group}/${path}`);

    test('deposits, lists in natural order, downloads, and tells each in the history', async () => {
      const nadia = await appliance.workspace('nadia');
      await nadia.createDirectory(at('Juin'));
      for (const name of ['Relevé 10.txt', 'relevé 9.txt', 'Éveil.txt'])
        await deposit(nadia, `/${appliance.group}/Juin/${name}`, name);
      const claire = await appliance.workspace('claire');
      expect(await namesIn(claire, `/${appliance.group}/Juin`)).toEqual([
        'Éveil.txt',
        'relevé 9.txt',
        'Relevé 10.txt',
      ]);
      expect(await fetchText(claire, `/${appliance.group}/Juin/relevé 9.txt`)).toBe('relevé 9.txt');
      const rows = await appliance.history();
      expect(rows.map((row) => row.action)).toEqual([
        'create-directory',
        'deposit',
        'deposit',
        'deposit',
        'download',
      ]);
      expect(await appliance.takeMails()).toHaveLength(3);
    });

    test('tells members the history by page, filter and file', async () => {
      const claire = await appliance.workspace('claire');
      const filter = {
        action: 'deposit',
        from: new Date(0),
        to: new Date(clock.now().getTime() + 1000),
      } as const;
      const first = await claire.history(filter, { limit: 2 });
      expect(first.rows.map(({ path }) => path?.split('/').at(-1))).toEqual(['Éveil.txt', 'relevé 9.txt']);
      const second = await claire.history(filter, { before: first.next ?? 0, limit: 2 });
      expect(second).toMatchObject({ rows: [{ isThere: true, group: appliance.group }], next: null });
      const back = await claire.history(filter, { after: second.previous ?? 0, limit: 2 });
      expect(back.rows).toEqual(first.rows);
      const { id } = await claire.stat(at('Juin/relevé 9.txt'));
      const rows = (await claire.history({ entryId: id }, { limit: 9 })).rows;
      expect(rows.map(({ action }) => action)).toEqual(['download', 'deposit']);
    });

    test('shows a directory in pages by name, date or size, folders first', async () => {
      const claire = await appliance.workspace('claire');
      await claire.createDirectory(at('Juin/Zone'));
      const page = async (order: 'name' | 'date' | 'size', isDescending: boolean, offset = 0, limit = 9) => {
        const found = await claire.page(at('Juin'), { order, isDescending, offset, limit });
        expect([found.directoryCount, found.fileCount]).toEqual([1, 3]);
        return found.entries.map((entry) => entry.name);
      };
      const byName = ['Zone', 'Éveil.txt', 'relevé 9.txt', 'Relevé 10.txt'];
      expect(await page('name', false)).toEqual(byName);
      expect(await page('name', true)).toEqual(['Zone', ...byName.slice(1).reverse()]);
      expect(await page('size', true)).toEqual(['Zone', 'Relevé 10.txt', 'relevé 9.txt', 'Éveil.txt']);
      expect(await page('size', false, 1, 2)).toEqual(['Éveil.txt', 'relevé 9.txt']);
      expect((await page('date', true)).toSorted()).toEqual(byName.toSorted());
      expect(await page('name', false, 4)).toEqual([]);
      await claire.remove(at('Juin/Zone'));
    });

    test('keeps what the other side picked up from its contributor', async () => {
      const nadia = await appliance.workspace('nadia');
      await expect(nadia.remove(at('Juin/relevé 9.txt'))).rejects.toMatchObject({
        code: 'forbidden',
        reason: 'picked-up',
      });
      await nadia.remove(at('Juin/Éveil.txt'));
    });

    test('copies, moves and removes whole folders', async () => {
      const claire = await appliance.workspace('claire');
      await claire.copy(at('Juin'), at('Copie'), { overwrite: false });
      await claire.move(at('Copie'), at('Archive'), { overwrite: false });
      expect(await namesIn(claire, `/${appliance.group}/Archive`)).toEqual(['relevé 9.txt', 'Relevé 10.txt']);
      const before = await claire.usage(at('Archive'));
      await claire.remove(at('Archive'));
      expect((await claire.usage(at('Juin'))).usedBytes).toBeLessThan(before.usedBytes);
      await expect(claire.stat(at('Archive'))).rejects.toMatchObject({ code: 'not-found' });
    });

    test('brings back what was deleted, a folder with what it held', async () => {
      const nadia = await appliance.workspace('nadia');
      await nadia.createDirectory(at('Retour'));
      await deposit(nadia, `/${appliance.group}/Retour/a.txt`, 'a');
      const marc = await appliance.workspace('marc');
      await marc.remove(at('Retour'));
      const returning = async (who: Workspace) =>
        (await who.deletions(parsePath(`/${appliance.group}`))).filter(
          ({ entry }) => entry.name === 'Retour',
        );
      const [deletion] = await returning(marc);
      expect(deletion).toMatchObject({ entry: { path: at('Retour') }, deletedBy: { isOneself: true } });
      expect(await returning(nadia)).toEqual([]);
      await marc.restore(deletion?.entry.id ?? '');
      expect(await fetchText(nadia, `/${appliance.group}/Retour/a.txt`)).toBe('a');
      expect(await returning(marc)).toEqual([]);
    });

    test('keeps every version of the house’s texts, and which terms somebody accepted', async () => {
      const { operator, storage } = appliance;
      await operator.setHouseText('terms', 'fr', 'Soyez courtois.');
      await operator.setHouseText('terms', 'en', 'Be polite.');
      await operator.setHouseText('contact', 'fr', 'À l’accueil');
      await operator.setHouseText('contact', 'fr', '');
      expect(await storage.houseText('terms', 'en')).toMatchObject({ body: 'Be polite.', version: 2 });
      expect(await storage.houseText('contact', 'en')).toBeUndefined();
      expect((await operator.houseTexts()).map(({ name, language }) => `${name} ${language}`)).toEqual([
        'terms en',
        'terms fr',
      ]);
      expect(await storage.enrolment.termsToAccept()).toBe(2);
      for (const language of ['fr', 'en'] as const) await operator.setHouseText('terms', language, '');
      expect(await storage.enrolment.termsToAccept()).toBeUndefined();
    });

    test('publishes a temporary name under its final one, over what was there', async () => {
      const nadia = await appliance.workspace('nadia', 'sftp');
      await appliance.takeMails();
      for (const night of ['un', 'deux']) {
        await deposit(nadia, `/${appliance.group}/export.csv.tmp`, night);
        await nadia.move(at('export.csv.tmp'), at('export.csv'), { overwrite: true });
      }
      expect(await fetchText(nadia, `/${appliance.group}/export.csv`)).toBe('deux');
      const mails = await appliance.takeMails();
      expect(mails.map((mail) => mail.to.address).sort()).toEqual(
        [PEOPLE.claire, PEOPLE.julien, PEOPLE.marc].map((person) => person.login).sort(),
      );
    });

    test('locks, keeps properties, and lists both', async () => {
      const claire = await appliance.workspace('claire');
      const request = { scope: 'exclusive', isDeep: false, ownerXml: '', timeoutSeconds: 60 } as const;
      const { lock } = await claire.lock(at('export.csv'), request);
      const color = { namespace: 'urn:example', name: 'color', value: 'green' };
      await expect(claire.patchProperties(at('export.csv'), [color])).rejects.toMatchObject({
        code: 'locked',
      });
      await claire.patchProperties(at('export.csv'), [color], { lockTokens: [lock.token] });
      const listed = [];
      for await (const page of (await claire.browse(at(''), { details: true })).pages) listed.push(...page);
      const file = listed.find((entry) => entry.name === 'export.csv');
      expect(file?.locks?.map((one) => one.token)).toEqual([lock.token]);
      expect(file?.properties).toMatchObject([color]);
      clock.advance(61);
      await claire.patchProperties(at('export.csv'), [{ ...color, value: null }]);
    });

    test('never lets parallel deposits exceed a quota', async () => {
      const { operator } = appliance;
      await operator.createGroup({ name: 'Petit', quotaBytes: 1000 });
      await operator.setMember('Petit', PEOPLE.nadia.login, 'writer');
      const nadia = await appliance.workspace('nadia');
      const tries = Array.from({ length: 20 }, (_, index) =>
        deposit(nadia, `/Petit/${index}.bin`, 'x'.repeat(150)),
      );
      const outcomes = await Promise.allSettled(tries);
      expect(outcomes.filter((outcome) => outcome.status === 'fulfilled')).toHaveLength(6);
      const refusals = outcomes.flatMap((outcome) =>
        outcome.status === 'rejected' ? [outcome.reason.reason] : [],
      );
      expect(new Set(refusals)).toEqual(new Set(['quota']));
      expect(await nadia.usage(parsePath('/Petit'))).toMatchObject({
        usedBytes: 900,
        quotaBytes: 1000,
        availableBytes: 100,
      });
    });

    test('parks an upload, keeps its bytes over a restart, goes on with it, and lets it expire', async () => {
      const body = Buffer.alloc(2_000_000, 'abc');
      let nadia = await appliance.workspace('nadia', 'sftp');
      const cutOff = async (name: string) => {
        clock.advance(1);
        const upload = await nadia.put(at(name), { base: 'empty', mode: 'create' });
        for (let start = 0; start < body.length; start += 100_000)
          await upload.write(body.subarray(start, start + 100_000), start);
        return upload;
      };
      await (await cutOff('parked.bin')).park();
      await (await cutOff('forgotten.bin')).park();
      const killed = await cutOff('killed.bin');
      await killed.read({ start: 0, end: 1 });
      appliance = await appliance.reopen();
      nadia = await appliance.workspace('nadia', 'sftp');
      const pending = await nadia.uploads({ state: 'parked' });
      expect(pending.map(({ path }) => path.segments.at(-1))).toEqual([
        'parked.bin',
        'forgotten.bin',
        'killed.bin',
      ]);
      expect(await appliance.operator.transfers()).toMatchObject(
        pending.map(({ id, receivedBytes }) => ({ id, state: 'parked', receivedBytes })),
      );
      for (const { id, path } of pending.filter((one) => one.path.segments.at(-1) !== 'forgotten.bin')) {
        const upload = await nadia.resume(id);
        await upload.write(body.subarray(upload.sizeBytes), upload.sizeBytes);
        await upload.commit();
        expect(await nadia.stat(path)).toMatchObject({ sizeBytes: body.length });
      }
      clock.advance(86_400);
      appliance = await appliance.reopen();
      const parts = await openParts(appliance, { clock, databaseUrl });
      await parts.sweep();
      await parts.close();
      expect(await appliance.operator.transfers()).toEqual([]);
      await killed.abort('dead');
    });

    test('publishes what a service account sent with a manifest, all at once, whatever comes at the same moment', async () => {
      const { operator, storage } = appliance;
      await operator.setManifests(appliance.group, true);
      const job = storage.open(await appliance.signIn(SERVICE_LOGIN, 'sftp'));
      const claire = await appliance.workspace('claire');
      await claire.createDirectory(at('Lot'));
      const send = (name: string, content: string) =>
        deposit(job, `/${appliance.group}/Lot/${name}`, content);
      await deposit(claire, `/${appliance.group}/Lot/f0.csv`, 'replaced');
      await appliance.takeMails();
      const rowsBefore = (await appliance.history()).length;
      const names = Array.from({ length: 12 }, (_, index) => `f${index}.csv`);
      const digestOf = (text: string) => createHash('sha256').update(text).digest('hex');
      const lines = names.map((name) => `${digestOf(name)}  ${name}\n`);
      await Promise.all([
        send('lot.sha256', lines.join('')),
        ...names.map((name) => send(name, name)),
        send('lone.csv', 'nobody names it'),
      ]);
      await expect.poll(() => namesIn(claire, `/${appliance.group}/Lot`)).toEqual(names);
      expect(await fetchText(claire, `/${appliance.group}/Lot/f0.csv`)).toBe('f0.csv');
      expect(await fetchText(job, `/${appliance.group}/Lot/lot.OK`)).toMatch(/^12 files published at /);
      const deposits = (await appliance.history())
        .slice(rowsBefore)
        .filter((row) => row.action === 'deposit');
      expect(deposits.map((row) => row.path?.split('/').at(-1)).sort()).toEqual([...names].sort());
      expect(await appliance.takeMails()).toHaveLength(4);
      clock.advance(3600);
      const parts = await openParts(appliance, { clock, databaseUrl });
      await parts.sweep();
      await parts.close();
      expect(await fetchText(job, `/${appliance.group}/Lot/lone.csv.KO`)).toMatch(/^no manifest names/);
      expect((await appliance.takeMails()).map(({ intent }) => intent.template)).toEqual(['held']);
      await operator.setManifests(appliance.group, false);
      expect(await operator.group(appliance.group)).toMatchObject({ manifests: 'ending' });
      await job.remove(at('Lot/lone.csv'));
    });

    test('reads every blob back', async () => {
      const faults = [];
      for await (const fault of appliance.storage.check()) faults.push(fault);
      expect(faults).toEqual([]);
    });
  });
}

describeMetadata('SQLite', startSqlite);
describeMetadata('PostgreSQL', startPostgres);
