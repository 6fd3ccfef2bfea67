import { type Command, operand, readPassword, UsageError } from './command.js';

export const accountPassword: Command = {
  name: 'account password',
  usage: 'WHO --password-stdin',
  summary: 'Sets a password and ends the sessions of that account.',
  operandCount: 1,
  options: { 'password-stdin': { type: 'boolean' } },
  async run(call) {
    if (!call.options['password-stdin']) throw new UsageError('--password-stdin is missing.');
    const who = operand(call, 0);
    const password = await readPassword(call);
    await call.withStorage((administration) => administration.setPassword(who, password));
    call.output.document({ account: who, passwordSet: true }, [`Password of ${who} set.`]);
    return 0;
  },
};
