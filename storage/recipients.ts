import type { Connection } from './metadata/database.js';
import { type Recipient, recipientsOf } from './metadata/memberships.js';

/** Who is told of a group's deposits, remembered until the next administrative act of any process. */
export interface Recipients {
  /** @param epochValue administrative acts so far, as the transaction of `db` reads them */
  of(db: Connection, groupId: string, epochValue: number): Promise<readonly Recipient[]>;
}

/** Remembers nothing yet. */
export function createRecipients(): Recipients {
  const known = new Map<string, readonly Recipient[]>();
  let knownEpoch = -1;
  return {
    async of(db, groupId, epochValue) {
      if (epochValue !== knownEpoch) known.clear();
      knownEpoch = epochValue;
      const recipients = known.get(groupId) ?? (await recipientsOf(db, groupId));
      known.set(groupId, recipients);
      return recipients;
    },
  };
}
