import { type Command, operand } from './command.js';

export const accountKeyList: Command = {
  name: 'account key list',
  usage: 'WHO',
  summary: 'Lists the SSH keys that let an account in.',
  operandCount: 1,
  async run(call) {
    const keys = await call.withStorage((administration) => administration.keys(operand(call, 0)));
    call.output.rows(keys, [
      { title: 'TYPE', value: (key) => key.type },
      { title: 'FINGERPRINT', value: (key) => key.fingerprint },
      { title: 'COMMENT', value: (key) => key.label },
      { title: 'ADDED', value: (key) => key.createdAt },
      { title: 'LAST USED', value: (key) => key.lastUsedAt },
    ]);
    return 0;
  },
};
