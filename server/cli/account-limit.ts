import type { AccountLimits, AccountSummary, Role } from '../../storage/index.js';
import { type Call, type Command, oneOf, operand, textOption, UsageError } from './command.js';
import { ROLES } from './group-member-set.js';

export const accountLimit: Command = {
  name: 'account limit',
  usage: 'WHO [--sign-in keys|any] [--from NETWORK,…|anywhere] [--group GROUP --role ROLE | --group any]',
  summary:
    'Limits a service account to SSH keys, to addresses, to one group and role; without options shows its limits.',
  operandCount: 1,
  options: {
    'sign-in': { type: 'string' },
    from: { type: 'string' },
    group: { type: 'string' },
    role: { type: 'string' },
  },
  async run(call) {
    const who = operand(call, 0);
    const limits = readLimits(call);
    const account = await call.withStorage((administration) =>
      Object.keys(limits).length === 0 ? administration.account(who) : administration.limit(who, limits),
    );
    call.output.document({ account: account.login, ...account.limits }, linesOf(account));
    return 0;
  },
};

/** Only what was given. @throws UsageError */
function readLimits(call: Call): Partial<AccountLimits> {
  const signIn = textOption(call, 'sign-in');
  const from = textOption(call, 'from');
  return {
    ...(signIn !== undefined && {
      keysOnly: oneOf(signIn, ['keys', 'any'] as const, '--sign-in') === 'keys',
    }),
    ...(from !== undefined && {
      networks: from === 'anywhere' ? null : from.split(',').map((network) => network.trim()),
    }),
    ...readMembership(textOption(call, 'group'), textOption(call, 'role')),
  };
}

function readMembership(
  group: string | undefined,
  role: string | undefined,
): Pick<Partial<AccountLimits>, 'membership'> {
  if (group === undefined && role === undefined) return {};
  if (group === 'any' && role === undefined) return { membership: null };
  if (group === undefined || role === undefined) throw new UsageError('--group and --role go together.');
  return { membership: { group, role: oneOf<Role>(role, ROLES, '--role') } };
}

function linesOf({ login, limits }: AccountSummary): string[] {
  const { keysOnly, networks, membership } = limits;
  return [
    `${login} signs in by ${keysOnly ? 'SSH key only' : 'SSH key or password'},`,
    `from ${networks === null ? 'anywhere' : networks.join(', ')},`,
    membership === null
      ? 'and may be in any group.'
      : `and is ${membership.role} in ${membership.group} alone.`,
  ];
}
