import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createDyingBuild, type Death, type DyingBuild } from './dying-build.js';
import type { Operation, Outcome } from './operations.js';
import { type Aftermath, type PreparedFolder, prepareFolder, recoverAndLook } from './prepared.js';

/**
 * For each operation: through a real door, undisturbed, it passes exactly the labels it lists; and for each of those it
 * tries, on a folder of its own, the process dies there, the normal daemon starts, and everything is as the operation's outcome says.
 */
export function describeEveryLabel(
  operations: readonly Operation[],
  start: 'startDaemon' | 'startDoors' = 'startDoors',
  fill?: Parameters<typeof prepareFolder>[0],
): void {
  let build: DyingBuild;
  let folder: PreparedFolder;
  let linesBefore = 0;

  beforeAll(async () => {
    build = await createDyingBuild();
    folder = await prepareFolder(fill);
    linesBefore = (await recoverAndLook(await folder.copy(), folder.password)).lines.length;
  }, 60_000);
  afterAll(async () => {
    await folder?.remove();
    await build?.remove();
  });

  /** @returns what a death leaves and whether the client was told of success; undisturbed without one */
  async function perform(operation: Operation, death: Death | null) {
    const directory = await folder.copy();
    const daemon = await build[start](directory, death);
    try {
      const told = operation
        .act({ origin: daemon.origin, sftpPort: daemon.sftpPort, password: folder.password })
        .catch(() => false);
      if (death) await daemon.untilDead();
      else await expect.poll(daemon.passed, { timeout: 15_000 }).toEqual(labelsOf(operation));
      const isAcknowledged = await told;
      await daemon.close();
      return { isAcknowledged, aftermath: await recoverAndLook(directory, folder.password) };
    } finally {
      await daemon.close();
      await rm(directory, { recursive: true, force: true });
    }
  }

  function expectOutcome(aftermath: Aftermath, outcome: Outcome): void {
    const { faults, lines, overWebdav, overSftp } = aftermath;
    expect(faults).toEqual([]);
    expect({ overWebdav, overSftp }).toEqual({
      overWebdav: outcome.view,
      overSftp: { ...outcome.view, ...outcome.parked },
    });
    expect(lines.slice(linesBefore).sort()).toEqual([...outcome.lines].sort());
  }

  describe.each(operations)('$name', (operation) => {
    const last = operation.outcomes[operation.outcomes.length - 1];

    test('passes its labels and no others', async () => {
      const { isAcknowledged, aftermath } = await perform(operation, null);
      expect(isAcknowledged).toBe(operation.isRefused !== true);
      if (last) expectOutcome(aftermath, last);
    });

    for (const outcome of operation.outcomes)
      test.each(deathsIn(operation, outcome))('dies at $label, passage $passage', async (death) => {
        const { isAcknowledged, aftermath } = await perform(operation, death);
        if (isAcknowledged) expect(outcome).toBe(last);
        expectOutcome(aftermath, outcome);
      });
  });
}

function labelsOf(operation: Operation): ReadonlySet<string> {
  return new Set(operation.outcomes.flatMap((outcome) => outcome.labels));
}

function deathsIn(operation: Operation, outcome: Outcome): Required<Death>[] {
  return (outcome.tried ?? outcome.labels).flatMap((label) =>
    [1, ...(operation.passages?.[label] ?? [])].map((passage) => ({ label, passage })),
  );
}
