import type { Command } from './command.js';

export const accountList: Command = {
  name: 'account list',
  usage: '',
  summary: 'Lists all accounts.',
  operandCount: 0,
  async run(call) {
    const accounts = await call.withStorage((administration) => administration.accounts());
    call.output.rows(accounts, [
      { title: 'LOGIN', value: (account) => account.login },
      { title: 'NAME', value: (account) => account.name },
      { title: 'KIND', value: (account) => account.kind },
      { title: 'SIDE', value: (account) => account.side },
      { title: 'STATE', value: (account) => account.state },
      { title: 'ADMIN', value: (account) => account.isAdministrator },
      { title: 'GROUPS', value: (account) => account.groupCount },
      { title: 'LAST SIGN-IN', value: (account) => account.lastSignInAt },
    ]);
    return 0;
  },
};
