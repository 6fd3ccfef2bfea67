import { mkdir } from 'node:fs/promises';
import { loadOrCreateHostKey } from '../../protocols/sftp/index.js';
import { hostKeyFile } from '../appliance.js';
import type { Command } from './command.js';

export const hostKey: Command = {
  name: 'host-key',
  usage: '',
  summary: 'Prints the public half of the SSH host key, for partners to compare.',
  operandCount: 0,
  async run(call) {
    const { config } = call.loadConfig();
    await mkdir(config.dataDir, { recursive: true, mode: 0o700 });
    const { fingerprint, publicKeyLine } = await loadOrCreateHostKey(hostKeyFile(config));
    call.output.document({ fingerprint, publicKey: publicKeyLine }, [fingerprint, publicKeyLine]);
    return 0;
  },
};
