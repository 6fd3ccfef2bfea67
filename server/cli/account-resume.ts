import { type Command, operand } from './command.js';

export const accountResume: Command = {
  name: 'account resume',
  usage: 'WHO',
  summary: 'Lets a suspended account in again.',
  operandCount: 1,
  async run(call) {
    const who = operand(call, 0);
    const account = await call.withStorage(async (administration) => {
      await administration.resume(who);
      return administration.account(who);
    });
    call.output.document({ account: who, state: account.state }, [`${who} resumed (${account.state}).`]);
    return 0;
  },
};
