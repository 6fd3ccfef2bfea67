import { type Command, oneOf, operand } from './command.js';

export const groupMemberSet: Command = {
  name: 'group member set',
  usage: 'GROUP WHO ROLE|none',
  summary: 'Adds a member, changes a role, or (none) removes a member. GROUP is a name or directory.',
  operandCount: 3,
  async run(call) {
    const [group, who] = [operand(call, 0), operand(call, 1)];
    const role = oneOf(operand(call, 2), [...ROLES, 'none'] as const, 'ROLE');
    await call.withStorage((administration) =>
      administration.setMember(group, who, role === 'none' ? null : role),
    );
    const said = role === 'none' ? `${who} is no longer in ${group}.` : `${who} is ${role} in ${group}.`;
    call.output.document({ group, account: who, role: role === 'none' ? null : role }, [said]);
    return 0;
  },
};

export const ROLES = ['reader', 'contributor', 'writer', 'manager', 'drop'] as const;
