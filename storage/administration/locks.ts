import type { Administration, LockRow } from '../administration.js';
import { StorageError } from '../errors.js';
import type { Connection } from '../metadata/database.js';
import { findAncestry } from '../metadata/entries.js';
import { endLock, type ReportedLock, reportLocks } from '../metadata/locks.js';
import type { Acts } from './acts.js';

const SCHEME = /^(?:urn:uuid|opaquelocktoken):/iu;

/** Who keeps whom from writing, and the way out when its program will not. */
export function createLockActs(acts: Acts): Pick<Administration, 'locks' | 'removeLock'> {
  const { database, clock } = acts.parts;
  return {
    async locks() {
      acts.assertLive();
      const rows: LockRow[] = [];
      for (const lock of await reportLocks(database.reader, clock.now().getTime()))
        rows.push({
          id: lock.token.replace(SCHEME, ''),
          account: lock.account,
          group: lock.group,
          path: await pathOf(database.reader, lock),
          scope: lock.scope,
          isDeep: Boolean(lock.isDeep),
          createdAt: new Date(lock.createdAt),
          expiresAt: new Date(lock.expiresAt),
        });
      return rows;
    },

    async removeLock(id) {
      await acts.perform(async ({ transaction, now, record }) => {
        const token = `urn:uuid:${id.replace(SCHEME, '').toLowerCase()}`;
        const [lock] = await reportLocks(transaction, now.getTime(), token);
        if (!lock) throw new StorageError('not-found', 'No such lock is in force.', { subject: id });
        await endLock(transaction, token, now.getTime());
        await record({
          action: 'lock-remove',
          subject: lock.account,
          target: await pathOf(transaction, lock),
          group: { id: lock.groupId, name: lock.group },
        });
      });
    },
  };
}

async function pathOf(db: Connection, { directory, entryId }: ReportedLock): Promise<string> {
  const names = (await findAncestry(db, entryId)).slice(1).map((step) => step.name);
  return `/${[directory, ...names].join('/')}`;
}
