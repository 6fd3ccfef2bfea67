import { createBatches } from './batches.js';
import type { Foundations } from './foundations.js';
import { nameKey } from './names.js';
import { formatPath, lastSegment, parentOf } from './paths.js';
import { type Publication, type Published, publishTogether } from './publication.js';
import { createRecipients } from './recipients.js';

/** The one way a deposit is published. Shared by all sessions, so that deposits that wait together go out together. */
export interface Deposits {
  /**
   * Resolves when entry, version, quota, activity and mail are durable, all or none.
   * @throws what admission throws, no-space (reason `quota`), aborted when the upload was ended meanwhile,
   * precondition-failed (reason `base-changed`), CommitError when nobody can tell whether the disk has it
   */
  publish(publication: Publication): Promise<Published>;
}

/** No two deposits of one name are in one transaction. */
export function createDeposits(
  foundations: Pick<Foundations, 'database' | 'quietWindow' | 'clock'>,
): Deposits {
  const parts = { ...foundations, recipients: createRecipients() };
  const batches = createBatches<Publication, Published>({
    maxItems: 64,
    keyOf: ({ path }) => `${formatPath(parentOf(path))}/${nameKey(lastSegment(path))}`,
    commit: (publications) =>
      foundations.database.write((transaction) => publishTogether(transaction, parts, publications)),
  });
  return { publish: batches.submit };
}
