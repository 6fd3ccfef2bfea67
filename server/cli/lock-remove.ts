import { type Command, operand } from './command.js';

export const lockRemove: Command = {
  name: 'lock remove',
  usage: 'ID',
  summary: 'Frees a lock whose program does not.',
  operandCount: 1,
  async run(call) {
    const id = operand(call, 0);
    await call.withStorage((administration) => administration.removeLock(id));
    call.output.document({ lock: id, state: 'removed' }, [`${id} removed.`]);
    return 0;
  },
};
