import type { Enrolment } from '../../storage/index.js';
import { type Addresses, createAppliance } from '../appliance.js';
import { readEnvironment } from '../config-environment.js';
import { DRAIN_SECONDS, untilStopped } from '../lifecycle.js';
import { createLogger } from '../logger.js';
import { lockDataFolder } from '../serve-lock.js';
import type { Call, Command } from './command.js';

export const serve: Command = {
  name: 'serve',
  usage: '',
  summary: 'Runs the appliance until SIGTERM or Ctrl-C.',
  operandCount: 0,
  async run(call) {
    const { clock } = call;
    const { config } = call.loadConfig();
    const logger = createLogger({ level: config.logLevel, clock });
    const lock = await lockDataFolder(config.dataDir);
    const stopping = new AbortController();
    const opening = createAppliance(config, { clock, logger });
    const stop = async (deadline: Date) => {
      stopping.abort();
      await (await opening).stop(deadline);
    };
    // Before anything is awaited: a signal that comes while it starts is a stop like any other.
    const ended = untilStopped({ clock, logger, drainSeconds: DRAIN_SECONDS, stop });
    const appliance = await opening;
    try {
      const { masterKey } = appliance.storage;
      if (masterKey.created) call.output.notice(masterKeyNotice(masterKey.file));
      const addresses = await appliance.start();
      if (stopping.signal.aborted) return await ended;
      await offerSetUp(call, appliance.storage.enrolment, addresses);
      logger.info(
        { ...addresses, publicUrl: addresses.publicUrl.origin, threads: threadCount() },
        'listening',
      );
      return await ended;
    } finally {
      await appliance.stop(clock.now());
      await lock.release();
    }
  },
};

/** Until there is an administrator, each start offers one link. On standard error: standard output holds the log. */
async function offerSetUp({ output }: Call, enrolment: Enrolment, { publicUrl }: Addresses): Promise<void> {
  const token = await enrolment.issueSetUpToken();
  if (token === null) return;
  output.notice([
    '',
    'Set up the first administrator here, once, within the hour / Créez le premier administrateur ici, une fois, dans l’heure :',
    `  ${publicUrl.origin}/installation/${token}`,
    '',
  ]);
}

/** Said once, when the key is made. */
export function masterKeyNotice(file: string): string[] {
  return [
    '',
    'Save this file in a safe place, apart from the data: without it no stored file can be read /',
    'Conservez ce fichier en lieu sûr, à part des données : sans lui, aucun document ne peut être lu :',
    `  ${file}`,
    '',
  ];
}

/** Threads that files, database and hashes share; too few let sign-ins freeze transfers. */
function threadCount(): number {
  return Number(readEnvironment().UV_THREADPOOL_SIZE ?? 4);
}
