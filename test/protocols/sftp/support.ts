import { join } from 'node:path';
import {
  createSftpDoor,
  type HostKeys,
  loadOrCreateHostKey,
  type SftpLimits,
} from '../../../protocols/sftp/index.js';
import { openTestStorage, type TestStorage } from '../../support/appliance.js';

export interface LoggedLine {
  readonly level: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** A real storage behind a real SFTP door on a port of the system's choosing. */
export interface TestSftpDoor extends TestStorage {
  readonly port: number;
  readonly fingerprint: string;
  readonly publicHostKey: string;
  /** The group's directory as an absolute path. */
  readonly base: string;
  readonly logged: readonly LoggedLine[];
  useHostKeys(keys: HostKeys): void;
  /** Stops the door, letting transfers finish for so long. */
  stopDoor(graceMs?: number): Promise<void>;
}

export async function openSftpDoor(
  limits: Partial<SftpLimits> = {},
  isProxy?: (address: string) => boolean,
): Promise<TestSftpDoor> {
  const test = await openTestStorage();
  const logged: LoggedLine[] = [];
  const keep = (level: string) => (fields: object) => {
    logged.push({ level, fields: { ...fields } });
  };
  const logger = { debug: keep('debug'), info: keep('info'), warn: keep('warn'), error: keep('error') };
  const hostKey = await loadOrCreateHostKey(join(test.directory, 'ssh-host-key'));
  const clock = { now: () => new Date() };
  const options = { storage: test.storage, clock, logger, hostKeys: { current: hostKey, next: null } };
  const door = createSftpDoor({
    ...options,
    address: '127.0.0.1',
    port: 0,
    limits,
    ...(isProxy && { isProxy }),
  });
  const { port } = await door.start();
  let stopped: Promise<void> | undefined;
  const stopDoor = (graceMs = 0) => {
    stopped ??= door.stop(new Date(Date.now() + graceMs));
    return stopped;
  };
  return {
    ...test,
    port,
    fingerprint: hostKey.fingerprint,
    publicHostKey: hostKey.publicKeyLine,
    base: `/${test.group}`,
    logged,
    useHostKeys: door.useHostKeys,
    stopDoor,
    async close() {
      await stopDoor();
      await test.close();
    },
  };
}
