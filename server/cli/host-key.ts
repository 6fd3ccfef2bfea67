import { mkdir } from 'node:fs/promises';
import { readHostKeys } from '../../protocols/sftp/index.js';
import { hostKeyFile } from '../host-key-watch.js';
import type { Command } from './command.js';
import { describeHostKeys } from './host-key-words.js';

export const hostKey: Command = {
  name: 'host-key',
  usage: '',
  summary: 'Prints the public half of the SSH host key, and of the next one, for partners to compare.',
  operandCount: 0,
  async run(call) {
    const { config } = call.loadConfig();
    await mkdir(config.dataDir, { recursive: true, mode: 0o700 });
    const { document, lines } = describeHostKeys(config, await readHostKeys(hostKeyFile(config)));
    call.output.document(document, lines);
    return 0;
  },
};
