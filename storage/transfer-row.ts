import { crashPoint } from './crash-points.js';
import type { Visit } from './foundations.js';
import { insertTransfer, type TransferRecord } from './metadata/transfers.js';

/** What tells, after a crash, that a reading was under way. */
export interface TransferRow {
  /** No row is written from here on. @returns the id of the one that was, to be ended with the reading */
  settle(): Promise<string | undefined>;
}

/** Larger files have their row before the first byte leaves. */
const BRIEF_BYTES = 1024 * 1024;
/** A reading of a smaller one gets it when it lasts: mostly it is over, and recorded, within milliseconds. */
const BRIEF_MS = 1000;

/**
 * Begins to keep the row of a reading; it survives a killed process, though not a power cut. The caller settles it. `transferOf`
 * is asked when it is written, which mostly is never.
 */
export async function keepTransferRow(
  visit: Visit,
  transferOf: () => TransferRecord,
  sizeBytes: number,
): Promise<TransferRow> {
  const write = async () => {
    const transfer = transferOf();
    await visit.database.writeRelaxed((transaction) => insertTransfer(transaction, transfer));
    crashPoint('transfer-begun');
    return transfer.id;
  };
  if (sizeBytes > BRIEF_BYTES) {
    const id = await write();
    return { settle: async () => id };
  }
  let written: Promise<string | undefined> | undefined;
  const timer = setTimeout(() => {
    // The reading goes on without: it is recorded at its end all the same.
    written = write().catch(() => undefined);
  }, BRIEF_MS);
  timer.unref();
  return {
    async settle() {
      clearTimeout(timer);
      return written;
    },
  };
}
