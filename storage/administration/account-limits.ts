import { endSessions } from '../accounts/account-changes.js';
import { isNetwork } from '../accounts/networks.js';
import type { AccountLimits, Administration } from '../administration.js';
import { StorageError } from '../errors.js';
import { type AccountRecord, listAccounts, setLimits } from '../metadata/accounts.js';
import { membershipsOf } from '../metadata/memberships.js';
import type { Role } from '../model.js';
import { summaryOf } from './accounts.js';
import type { Act, Acts } from './acts.js';
import { accountNamed, groupNamed } from './lookups.js';
import { assertRole, setRole } from './membership-changes.js';

/** What service accounts may do less than others. */
export function createAccountLimits(acts: Acts): Pick<Administration, 'limit'> {
  return {
    async limit(who, limits) {
      const wrong = limits.networks?.find((network) => !isNetwork(network));
      if (wrong !== undefined || limits.networks?.length === 0)
        throw new StorageError('invalid-input', 'An address or a network in CIDR form is expected.', {
          reason: 'network',
          subject: wrong ?? '',
        });
      if (limits.membership) assertRole(limits.membership.role);
      return acts.perform(async (act) => {
        const account = await accountNamed(act.transaction, who);
        assertService(account);
        await apply(act, account, limits);
        await endSessions(act.transaction, account.id);
        await act.record({ action: 'account-limit', subject: account.login, target: describe(limits) });
        const [listed] = await listAccounts(act.transaction, account.id);
        if (!listed) throw new Error('The account is gone.');
        return summaryOf(listed);
      });
    },
  };
}

/** @throws forbidden for what a limited account may not be */
export function assertWithinLimits(
  { onlyGroupId, onlyRole, login }: AccountRecord,
  groupId: string,
  role: Role,
): void {
  if (onlyGroupId === null || (onlyGroupId === groupId && onlyRole === role)) return;
  throw new StorageError('forbidden', 'The account is limited to one group and role.', {
    reason: 'account-limits',
    subject: login,
  });
}

async function apply(act: Act, account: AccountRecord, limits: Partial<AccountLimits>): Promise<void> {
  const { transaction } = act;
  const { keysOnly = account.keysOnly, networks, membership } = limits;
  const group = membership && (await groupNamed(transaction, membership.group));
  await setLimits(transaction, account.id, {
    keysOnly,
    networks: networks === undefined ? account.networks : networks && JSON.stringify(networks),
    onlyGroupId: membership === undefined ? account.onlyGroupId : (group?.id ?? null),
    onlyRole: membership === undefined ? account.onlyRole : (membership?.role ?? null),
  });
  if (!membership || !group) return;
  for (const { groupId, groupName } of await membershipsOf(transaction, account.id))
    if (groupId !== group.id) await setRole(act, { id: groupId, name: groupName }, account, null);
  await setRole(act, group, account, membership.role);
}

function assertService({ kind, login }: AccountRecord): void {
  if (kind !== 'service')
    throw new StorageError('invalid-input', 'Only service accounts are limited in this way.', {
      reason: 'person',
      subject: login,
    });
}

/** For the history: `keys only; from 192.0.2.0/24; contributor in Crèche`. */
function describe({ keysOnly, networks, membership }: Partial<AccountLimits>): string {
  return [
    keysOnly === undefined ? [] : [keysOnly ? 'keys only' : 'keys and password'],
    networks === undefined ? [] : [networks ? `from ${networks.join(', ')}` : 'from anywhere'],
    membership === undefined ? [] : [membership ? `${membership.role} in ${membership.group}` : 'any group'],
  ]
    .flat()
    .join('; ');
}
