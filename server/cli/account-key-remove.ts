import { type Command, operand } from './command.js';

export const accountKeyRemove: Command = {
  name: 'account key remove',
  usage: 'WHO FINGERPRINT',
  summary: 'Takes an SSH key away and ends what the account has open.',
  operandCount: 2,
  async run(call) {
    const [who, fingerprint] = [operand(call, 0), operand(call, 1)];
    await call.withStorage((administration) => administration.removeKey(who, fingerprint));
    call.output.document({ account: who, fingerprint }, [`Key ${fingerprint} removed from ${who}.`]);
    return 0;
  },
};
