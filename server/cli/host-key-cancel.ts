import { cancelHostKey, HostKeyError, readNextHostKey } from '../../protocols/sftp/index.js';
import { hostKeyFile } from '../host-key-watch.js';
import type { Command } from './command.js';

export const hostKeyCancel: Command = {
  name: 'host-key cancel',
  usage: '',
  summary: 'Gives the next SSH host key up; the current one stays.',
  operandCount: 0,
  async run(call) {
    const { config } = call.loadConfig();
    const file = hostKeyFile(config);
    const fingerprint = await fingerprintOfNext(file);
    if (!(await cancelHostKey(file))) throw new HostKeyError('No SSH host key is planned.');
    await call.withStorage((administration) => administration.recordHostKey('host-key-cancel', fingerprint));
    call.output.document({ fingerprint, state: 'cancelled' }, [
      `${fingerprint ?? 'The next host key'} is given up; the current one stays.`,
    ]);
    return 0;
  },
};

/** Null for a damaged one, which can be given up like any other. */
async function fingerprintOfNext(file: string): Promise<string | null> {
  try {
    return (await readNextHostKey(file))?.fingerprint ?? null;
  } catch (error) {
    if (error instanceof HostKeyError) return null;
    throw error;
  }
}
