import { parseDisplayName } from '../accounts/logins.js';
import type { Administration, GroupSummary } from '../administration.js';
import { StorageError } from '../errors.js';
import { newId } from '../ids.js';
import {
  findGroupByDirectoryKey,
  type GroupFigures,
  groupFigures,
  insertGroup,
  setManifests,
} from '../metadata/groups.js';
import { hasHeld } from '../metadata/held.js';
import { directoryNameFor, nameKey } from '../names.js';
import type { Acts } from './acts.js';
import { groupNamed } from './lookups.js';

type GroupActs = Pick<Administration, 'createGroup' | 'groups' | 'group' | 'setManifests'>;

/** New groups and the list of them. */
export function createGroupActs(acts: Acts): GroupActs {
  const { database } = acts.parts;

  async function summary(groupId: string): Promise<GroupSummary> {
    const [group] = await groupFigures(database.reader, groupId);
    if (group) return summaryOf(group);
    throw new StorageError('not-found', 'There is no such group.', { reason: 'group' });
  }

  return {
    async createGroup(group) {
      const name = parseDisplayName(group.name);
      const directory = directoryNameFor(name);
      const directoryKey = nameKey(directory);
      const quotaBytes = group.quotaBytes ?? null;
      if (quotaBytes !== null && (!Number.isSafeInteger(quotaBytes) || quotaBytes < 0))
        throw new StorageError('invalid-input', 'A quota is a whole number of bytes.', { reason: 'quota' });
      const id = await acts.perform(async ({ transaction, now, record }) => {
        if (await findGroupByDirectoryKey(transaction, directoryKey))
          throw new StorageError('already-exists', 'There is a group with that directory already.', {
            reason: 'group',
            subject: directory,
          });
        const ids = { id: newId(now), spaceId: newId(now), rootEntryId: newId(now) };
        const createdAt = now.getTime();
        await insertGroup(transaction, { ...ids, name, directory, directoryKey, quotaBytes, createdAt });
        await record({ action: 'group-add', group: { id: ids.id, name } });
        return ids.id;
      });
      return summary(id);
    },

    async groups() {
      acts.assertLive();
      return (await groupFigures(database.reader)).map(summaryOf);
    },

    async group(group) {
      acts.assertLive();
      return summary((await groupNamed(database.reader, group)).id);
    },

    async setManifests(group, isOn) {
      const id = await acts.perform(async ({ transaction, record }) => {
        const found = await groupNamed(transaction, group);
        const isEnding = !isOn && (await hasHeld(transaction, found.space_id));
        await setManifests(transaction, found.id, isOn ? 'on' : isEnding ? 'ending' : 'off');
        await record({
          action: 'group-manifests',
          group: { id: found.id, name: found.name },
          target: isOn ? 'on' : 'off',
        });
        return found.id;
      });
      return summary(id);
    },
  };
}

function summaryOf({ createdAt, lastDepositAt, ...figures }: GroupFigures): GroupSummary {
  return {
    ...figures,
    createdAt: new Date(createdAt),
    lastDepositAt: lastDepositAt === null ? null : new Date(lastDepositAt),
  };
}
