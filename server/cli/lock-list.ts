import type { Command } from './command.js';

export const lockList: Command = {
  name: 'lock list',
  usage: '',
  summary: 'Lists the locks in force: who keeps others from writing what, and until when.',
  operandCount: 0,
  async run(call) {
    const rows = await call.withStorage((administration) => administration.locks());
    call.output.rows(rows, [
      { title: 'ID', value: (row) => row.id },
      { title: 'ACCOUNT', value: (row) => row.account },
      { title: 'PATH', value: (row) => row.path },
      { title: 'SCOPE', value: (row) => row.scope },
      { title: 'SINCE', value: (row) => row.createdAt },
      { title: 'UNTIL', value: (row) => row.expiresAt },
    ]);
    return 0;
  },
};
