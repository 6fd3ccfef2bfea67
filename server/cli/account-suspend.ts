import { type Command, operand } from './command.js';

export const accountSuspend: Command = {
  name: 'account suspend',
  usage: 'WHO',
  summary: 'Ends what an account has open, transfers included, and refuses it until resumed.',
  operandCount: 1,
  async run(call) {
    const who = operand(call, 0);
    await call.withStorage((administration) => administration.suspend(who));
    call.output.document({ account: who, state: 'suspended' }, [`${who} suspended.`]);
    return 0;
  },
};
