import { randomUUID } from 'node:crypto';
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parsePath } from '../../storage/index.js';
import { recover } from '../../storage/recovery.js';
import { begin, put } from '../storage/acts.js';
import { openParts } from '../storage/parts.js';
import { GROUP_NAME, PEOPLE } from '../support/appliance.js';
import { startIn } from '../support/running.js';
import { MAIL_DEATHS, SWEEPER_DEATHS } from './background.js';
import { createDyingBuild, type Death, type DyingBuild } from './dying-build.js';
import {
  faultsOf,
  HOUR_MS,
  linesOf,
  type PreparedFolder,
  prepareFolder,
  serviceOf,
  VIEW,
  workspaceOf,
} from './prepared.js';
import { digestOf, viewOverWebdav } from './views.js';

const G = `/${GROUP_NAME}`;

describe('what the daemon does on its own dies at a labelled step', () => {
  let build: DyingBuild;
  const folders: string[] = [];

  beforeAll(async () => {
    build = await createDyingBuild();
  }, 60_000);
  afterAll(async () => {
    await build?.remove();
    for (const folder of folders) await rm(folder, { recursive: true, force: true });
  });

  const copyOf = async (folder: PreparedFolder) => {
    const directory = await folder.copy();
    folders.push(directory);
    return directory;
  };
  const labelsOf = (deaths: readonly Death[]) => new Set(deaths.map((death) => death.label));

  describe('of a background job', () => {
    const AHEAD_MS = 26 * HOUR_MS;
    let folder: PreparedFolder;

    beforeAll(async () => {
      folder = await prepareFolder(async (appliance) => {
        const claire = await workspaceOf(appliance);
        await put(claire, `${G}/placeholder.txt`, '', { reservesIfEmpty: true });
        for (const name of ['gone-1.txt', 'gone-2.txt']) {
          await put(claire, `${G}/${name}`, `bytes of ${name}`);
          await claire.remove(parsePath(`${G}/${name}`));
        }
        const upload = await begin(await workspaceOf(appliance, 'sftp'), `${G}/parked.bin`);
        await upload.write(Buffer.alloc(1_200_000), 0);
        await upload.park();
        await appliance.operator.setManifests(GROUP_NAME, true);
        await put(await serviceOf(appliance), `${G}/lone.csv`, 'waits for a manifest in vain');
        const parts = await openParts(appliance);
        for (let count = 0; count < 2; count++) await (await parts.blobs.stage(randomUUID())).publish();
        await parts.close();
      });
    }, 60_000);
    afterAll(() => folder?.remove());

    /** Starts anew, sweeps again an hour later and looks: what was to be done is done, once. */
    const expectSwept = async (directory: string) => {
      const started = await openParts({ directory });
      await recover(started);
      await started.close();
      expect(await faultsOf(directory, AHEAD_MS + 2 * HOUR_MS)).toEqual([]);
      const parts = await openParts({ directory });
      const outbox = await parts.rows('outbox');
      const mails = outbox.filter((mail) => mail.template === 'unfinished');
      const expired = outbox.filter((mail) => mail.template === 'upload-expired');
      const ended = (await parts.rows('versions')).filter((version) => version.ended_at !== null);
      await parts.close();
      expect(new Set(mails.map((mail) => mail.account_id)).size).toBe(2);
      expect(mails).toHaveLength(2);
      expect(expired).toHaveLength(1);
      expect(outbox.filter((mail) => mail.template === 'held')).toHaveLength(1);
      expect(ended.map((version) => version.blob_id)).toEqual([null, null]);
      const appliance = await startIn(directory, { password: folder.password });
      try {
        const lines = await linesOf(appliance);
        expect(lines.filter((line) => line.endsWith('/placeholder.txt'))).toEqual([
          `deposit ok ${G}/placeholder.txt`,
        ]);
        expect(lines.filter((line) => line.endsWith('/parked.bin'))).toEqual([
          `deposit aborted ${G}/parked.bin`,
        ]);
        expect(await viewOverWebdav(appliance)).toEqual({ ...VIEW, [`${G}/placeholder.txt`]: digestOf('') });
      } finally {
        await appliance.stop();
      }
    };

    test('undisturbed: they pass their labels', async () => {
      const directory = await copyOf(folder);
      const passed = await build.keepHouse('sweep', directory, null, AHEAD_MS);
      const atStart = ['migrations-committed', 'recovery-reservations-counted'];
      const storingAnAnswer = ['frames-written', 'blob-synced', 'blob-renamed'];
      expect(passed).toEqual(new Set([...labelsOf(SWEEPER_DEATHS), ...atStart, ...storingAnAnswer]));
      await expectSwept(directory);
    });

    test.each(SWEEPER_DEATHS)('$label, passage $passage: the next run does the rest', async (death) => {
      const directory = await copyOf(folder);
      await build.keepHouse('sweep', directory, death, AHEAD_MS);
      await expectSwept(directory);
    });
  });

  describe('of the mail', () => {
    let folder: PreparedFolder;
    const recipients = [PEOPLE.julien.login, PEOPLE.marc.login, PEOPLE.nadia.login];

    beforeAll(async () => {
      folder = await prepareFolder();
    }, 60_000);
    afterAll(() => folder?.remove());

    test.each(MAIL_DEATHS)('$label, passage $passage: everybody has it once', async (death) => {
      const directory = await copyOf(folder);
      const parts = await openParts({ directory });
      await parts.run("UPDATE outbox SET due_at = 0 WHERE state = 'waiting'");
      await parts.close();
      await build.serveUntilDead(directory, death);
      // The dead worker's lease lasts five minutes.
      const clock = { now: () => new Date(Date.now() + 10 * 60_000) };
      const appliance = await startIn(directory, { password: folder.password, clock });
      try {
        const waiting = async () =>
          (await appliance.operator.outbox({ limit: 500 })).filter((mail) => mail.state !== 'sent').length;
        await expect.poll(waiting, { timeout: 15_000 }).toBe(0);
      } finally {
        await appliance.stop();
      }
      expect(await recipientsIn(join(directory, 'mail'))).toEqual(recipients);
      expect(await faultsOf(directory)).toEqual([]);
    });
  });
});

/** Whom the letters in a folder are to, in order. */
async function recipientsIn(folder: string): Promise<string[]> {
  const letters = (await readdir(folder)).map((name) => readFile(join(folder, name), 'utf8'));
  const texts = await Promise.all(letters);
  return texts.map((text) => /^To: .*?([^\s<]+@[^\s>]+)>?\r?$/m.exec(text)?.[1] ?? 'nobody').sort();
}
