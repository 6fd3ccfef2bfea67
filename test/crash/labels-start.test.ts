import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openDatabase } from '../../storage/metadata/database.js';
import { GROUP_NAME } from '../support/appliance.js';
import { MIGRATION_DEATHS, RECOVERY_DEATHS } from './background.js';
import { crashWhileBusy, KEPT_BYTES } from './crashed.js';
import { createDyingBuild, type Death, type DyingBuild } from './dying-build.js';
import { faultsOf, type PreparedFolder, prepareFolder, recoverAndLook, VIEW } from './prepared.js';
import { parked } from './views.js';

const G = `/${GROUP_NAME}`;

describe('a start dies at a labelled step', () => {
  let build: DyingBuild;
  const folders: string[] = [];

  beforeAll(async () => {
    build = await createDyingBuild();
  }, 60_000);
  afterAll(async () => {
    await build?.remove();
    for (const folder of folders) await rm(folder, { recursive: true, force: true });
  });

  const emptyFolder = async () => {
    const directory = await mkdtemp(join(tmpdir(), 'peps-crash-'));
    folders.push(directory);
    return directory;
  };
  const copyOf = async (folder: PreparedFolder) => {
    const directory = await folder.copy();
    folders.push(directory);
    return directory;
  };
  const labelsOf = (deaths: readonly Death[]) => new Set(deaths.map((death) => death.label));

  describe('of a migration', () => {
    const schemaOf = async (directory: string) => {
      const database = await openDatabase(`sqlite:${join(directory, 'peps.sqlite')}`);
      try {
        const schema = await database.reader('sqlite_master').orderBy('name').select('type', 'name', 'sql');
        const done = await database.reader('knex_migrations').select('name');
        const locks = await database.reader('knex_migrations_lock').select('is_locked');
        return { schema, done, locks };
      } finally {
        await database.close();
      }
    };
    let undisturbed: Awaited<ReturnType<typeof schemaOf>>;

    test('undisturbed: it passes its labels', async () => {
      const directory = await emptyFolder();
      const passed = await build.keepHouse('start', directory, null);
      expect(passed).toEqual(new Set([...labelsOf(MIGRATION_DEATHS), 'recovery-reservations-counted']));
      undisturbed = await schemaOf(directory);
      expect(undisturbed).toMatchObject({
        done: [{}, {}, {}, {}, {}, {}, {}, {}],
        locks: [{ is_locked: 0 }],
      });
    });

    test.each(MIGRATION_DEATHS)(
      '$label, passage $passage: the next start makes the same schema',
      async (death) => {
        const directory = await emptyFolder();
        await build.keepHouse('start', directory, death);
        expect(await schemaOf(directory)).toEqual(undisturbed);
        expect(await faultsOf(directory)).toEqual([]);
      },
    );
  });

  describe('of the recovery', () => {
    let folder: PreparedFolder;
    let crashed: PreparedFolder;
    let linesBefore = 0;
    const lines = [
      `deposit aborted ${G}/half.bin`,
      `deposit aborted ${G}/whole.bin`,
      `read interrupted ${G}/large.txt`,
    ];

    beforeAll(async () => {
      folder = await prepareFolder();
      linesBefore = (await recoverAndLook(await folder.copy(), folder.password)).lines.length;
      crashed = await crashWhileBusy(build, folder);
    }, 60_000);
    afterAll(async () => {
      await folder?.remove();
      await crashed?.remove();
    });

    const expectRecovered = async (directory: string) => {
      const { faults, overWebdav, overSftp, lines: all } = await recoverAndLook(directory, folder.password);
      expect(faults).toEqual([]);
      expect([overWebdav, overSftp]).toEqual([VIEW, { ...VIEW, [`${G}/kept.bin`]: parked(KEPT_BYTES) }]);
      expect(all.slice(linesBefore).sort()).toEqual(lines);
    };

    test('undisturbed: it passes its labels', async () => {
      const directory = await copyOf(crashed);
      const passed = await build.keepHouse('start', directory, null);
      expect(passed).toEqual(new Set([...labelsOf(RECOVERY_DEATHS), 'migrations-committed']));
      await expectRecovered(directory);
    });

    test.each(RECOVERY_DEATHS)(
      '$label, passage $passage: the next one ends what was begun',
      async (death) => {
        const directory = await copyOf(crashed);
        await build.keepHouse('start', directory, death);
        await expectRecovered(directory);
      },
    );

    test('again and again, a step further each time', async () => {
      const directory = await copyOf(crashed);
      for (const label of [
        'upload-parked',
        'recovery-blob-removed',
        'recovery-upload-told',
        'recovery-download-told',
      ] as const)
        await build.keepHouse('start', directory, { label });
      await expectRecovered(directory);
    });
  });
});
