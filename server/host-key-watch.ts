import path from 'node:path';
import {
  type HostKeys,
  loadOrCreateHostKey,
  nextHostKeyFile,
  readHostKeys,
  readNextHostKey,
  removeDrafts,
  takeOverIfDue,
} from '../protocols/sftp/index.js';
import type { Clock } from '../storage/index.js';
import type { Config } from './config.js';
import { stateOfFiles } from './file-states.js';
import type { Logger } from './logger.js';

const LOOK_EVERY_MS = 5_000;

export interface HostKeyWatchParts {
  /** Of the key in use; the next one lies beside it. */
  readonly file: string;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Five seconds unless told. */
  readonly lookEveryMs?: number | undefined;
  /** Called when a key has taken over, with its fingerprint. */
  readonly changed: (fingerprint: string) => Promise<void>;
}

export interface HostKeyWatch {
  readonly hostKeys: HostKeys;
  /** From now on looks every few seconds: commands and the hour change the keys while the daemon runs. */
  follow(use: (hostKeys: HostKeys) => void): void;
  /** Resolves when nothing is under way any more. */
  stop(): Promise<void>;
}

/**
 * Reads the host keys, and puts the next one in its place when its hour has come, at the start or later. A next key that cannot be
 * used is told once and leaves the current one in use. @throws HostKeyError when the current key cannot be used
 */
export async function watchHostKeys(parts: HostKeyWatchParts): Promise<HostKeyWatch> {
  const { file, clock, logger } = parts;
  let seen = '';
  let told = '';

  function tell(error: unknown): void {
    const problem = error instanceof Error ? error.message : String(error);
    if (problem !== told) logger.error({ door: 'sftp', act: 'host-key', problem }, 'host key not used');
    told = problem;
  }

  function tellNext(next: HostKeys['next']): void {
    if (!next) return;
    const { fingerprint } = next;
    const takesOverAt = next.takesOverAt.toISOString();
    logger.info(
      { door: 'sftp', act: 'host-key', fingerprint, takesOverAt },
      'the next host key is announced',
    );
  }

  async function takeOver(): Promise<void> {
    const key = await takeOverIfDue(file, clock.now());
    if (!key) return;
    const { fingerprint } = key;
    logger.info({ door: 'sftp', act: 'host-key', fingerprint }, 'a new host key is in use');
    await parts.changed(fingerprint).catch(tell);
  }

  /** Undefined when nothing has changed. */
  async function look(): Promise<HostKeys | undefined> {
    try {
      await takeOver();
      // Before reading: what changes meanwhile is another state at the next look.
      const state = stateOf(file);
      if (state === seen) return undefined;
      seen = state;
      // A key that vanished is not made anew while it is in use.
      const keys = state.startsWith('absent') ? undefined : await readHostKeys(file);
      if (!keys) logger.error({ door: 'sftp', act: 'host-key', file }, 'the host key is gone from its place');
      told = '';
      return keys;
    } catch (error) {
      tell(error);
      return undefined;
    }
  }

  await removeDrafts(file);
  await takeOver().catch(tell);
  const current = await loadOrCreateHostKey(file);
  const next = await readNextHostKey(file).catch((error: unknown) => {
    tell(error);
    return null;
  });
  seen = stateOf(file);
  tellNext(next);

  let looking = Promise.resolve();
  let timer: NodeJS.Timeout | undefined;
  let isStopped = false;
  return {
    hostKeys: { current, next },
    follow(use) {
      const again = () => {
        timer = setTimeout(() => {
          looking = look().then((keys) => {
            if (keys) use(keys);
            if (keys) tellNext(keys.next);
            if (!isStopped) again();
          });
        }, parts.lookEveryMs ?? LOOK_EVERY_MS);
        timer.unref();
      };
      again();
    },
    async stop() {
      isStopped = true;
      clearTimeout(timer);
      await looking;
    },
  };
}

/** The SSH host key lies with the data. */
export function hostKeyFile(config: Pick<Config, 'dataDir'>): string {
  return path.join(config.dataDir, 'ssh-host-key');
}

function stateOf(file: string): string {
  return stateOfFiles([file, nextHostKeyFile(file)]);
}
