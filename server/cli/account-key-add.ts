import { readFile } from 'node:fs/promises';
import { type Command, operand, requiredOption } from './command.js';

export const accountKeyAdd: Command = {
  name: 'account key add',
  usage: 'WHO --file PUB',
  summary: 'Lets an account sign in over SFTP with an SSH key.',
  operandCount: 1,
  options: { file: { type: 'string' } },
  async run(call) {
    const who = operand(call, 0);
    const line = (await readFile(requiredOption(call, 'file'), 'utf8')).trim();
    const { fingerprint } = await call.withStorage((administration) => administration.addKey(who, line));
    call.output.document({ account: who, fingerprint }, [`Key ${fingerprint} added to ${who}.`]);
    return 0;
  },
};
