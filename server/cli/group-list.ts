import type { Command } from './command.js';

export const groupList: Command = {
  name: 'group list',
  usage: '',
  summary: 'Lists all groups with their directories.',
  operandCount: 0,
  async run(call) {
    const groups = await call.withStorage((administration) => administration.groups());
    call.output.rows(groups, [
      { title: 'NAME', value: (group) => group.name },
      { title: 'DIRECTORY', value: (group) => group.directory },
      { title: 'MEMBERS', value: (group) => group.memberCount },
      { title: 'USED BYTES', value: (group) => group.usedBytes },
      { title: 'QUOTA BYTES', value: (group) => group.quotaBytes },
      { title: 'MANIFESTS', value: (group) => group.manifests },
      { title: 'LAST DEPOSIT', value: (group) => group.lastDepositAt },
    ]);
    return 0;
  },
};
