import type { Command } from './command.js';

export const configPrint: Command = {
  name: 'config print',
  usage: '',
  summary: 'Prints every setting, its value (secrets masked) and where it comes from.',
  operandCount: 0,
  async run(call) {
    call.output.rows(call.loadConfig().settings, [
      { title: 'KEY', value: (setting) => setting.key },
      { title: 'ENVIRONMENT', value: (setting) => setting.environment },
      { title: 'VALUE', value: (setting) => (setting.value === null ? null : String(setting.value)) },
      { title: 'SOURCE', value: (setting) => setting.source },
    ]);
    return 0;
  },
};
