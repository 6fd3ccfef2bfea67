import { rm } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { DELIVERED, DELIVERIES, deliver, switchOn } from './deliveries.js';
import { createDyingBuild } from './dying-build.js';
import { describeEveryLabel } from './every-label.js';
import { prepareFolder, recoverAndLook } from './prepared.js';

describe('a delivery with a manifest, whose daemon dies at a labelled step', () => {
  describeEveryLabel(DELIVERIES, 'startDoors', switchOn);

  test('dies when its last file is stored and the manifest is not looked at yet: the next start publishes all', async () => {
    const build = await createDyingBuild();
    const folder = await prepareFolder(switchOn);
    const linesBefore = (await recoverAndLook(await folder.copy(), folder.password)).lines.length;
    const directory = await folder.copy();
    const daemon = await build.startDoors(directory, { label: 'deposit-committed', passage: 3 });
    try {
      const { origin, sftpPort } = daemon;
      const told = deliver({ origin, sftpPort, password: folder.password }).catch(() => false);
      await daemon.untilDead();
      expect(await told).toBe(false);
      await daemon.close();
      const { faults, overWebdav, lines } = await recoverAndLook(directory, folder.password);
      expect(faults).toEqual([]);
      expect(overWebdav).toEqual(DELIVERED.view);
      expect(lines.slice(linesBefore)).toEqual(DELIVERED.lines);
    } finally {
      await daemon.close();
      await rm(directory, { recursive: true, force: true });
      await folder.remove();
      await build.remove();
    }
  }, 60_000);
});
