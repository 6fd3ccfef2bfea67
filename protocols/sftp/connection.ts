import type { Socket } from 'node:net';
import type { Connection, ServerChannel } from 'ssh2';
import type { Clock, Session, Storage } from '../../storage/index.js';
import { createAuthenticator } from './authentication.js';
import { createChannels } from './channels.js';
import { describeFailure } from './failure.js';
import type { HostKey } from './host-key.js';
import { announceHostKeys } from './host-key-announcement.js';
import type { SftpLimits } from './limits.js';
import { createOperationLog, elapsedMs, type SftpLogger } from './log.js';
import { createOutlet } from './outlet.js';
import { type SftpSession, serveSftp } from './session.js';

/** What one connection stands on. */
export interface ConnectionOptions {
  readonly client: Connection;
  /** What the client is told of once it signed in: the key it met, and the next one if there is one. */
  readonly hostKeys: readonly HostKey[];
  readonly socket: Socket;
  /** The peer's address. */
  readonly address: string;
  readonly storage: Storage;
  readonly clock: Clock;
  readonly logger: SftpLogger;
  readonly limits: SftpLimits;
  /** Counts a signed-in session against its account; false when it has too many. Given back by the listener. */
  admit(session: Session): boolean;
}

/** One SSH connection. */
export interface SftpConnection {
  /** A file is open, or an answer is owed. */
  readonly isBusy: boolean;
  /** Refuses new files; those open may be finished. */
  drain(): void;
  /** Says goodbye and closes, once what was written has left. */
  end(): void;
  /** Settles when the socket is closed and everything put away: uploads parked or thrown away, readings recorded. */
  readonly ended: Promise<void>;
}

/** Serves one connection: sign-in, then SFTP on each session channel. A revoked session loses its socket. */
export function serveConnection(options: ConnectionOptions): SftpConnection {
  const { client, socket, address, storage, clock, logger, limits } = options;
  const startedAtMs = performance.now();
  let signedIn: Session | undefined;

  const destroy = () => {
    socket.destroy();
  };
  const end = () => {
    client.end();
    // ssh2 ends its side only: a client that never closes its own would keep the socket.
    socket.destroySoon();
  };
  const describePeer = () => ({ ...(signedIn && { account: signedIn.account.login }), address });
  const outlet = createOutlet(client, socket, limits, destroy);
  const channels = createChannels({ client, socket, maxChannels: limits.channelsPerConnection, serve });

  function admit(session: Session): boolean {
    if (socket.destroyed || session.signal.aborted || !options.admit(session)) return false;
    signedIn = session;
    session.signal.addEventListener('abort', destroy);
    return true;
  }

  function serve(channel: ServerChannel): SftpSession {
    if (!signedIn) throw new Error('A channel was opened before the sign-in.');
    return serveSftp({
      channel,
      workspace: storage.open(signedIn),
      clock,
      log: createOperationLog(logger, { account: signedIn.account.login, address }),
      limits,
      outlet,
      fail(error) {
        const { level, reason, incident } = describeFailure(error);
        const facts = { door: 'sftp', act: 'connection', reason, incident, error, ...describePeer() };
        logger[level](facts, 'connection');
        destroy();
      },
    });
  }

  function putAway(): Promise<void> {
    signedIn?.signal.removeEventListener('abort', destroy);
    const counted = { bytesIn: socket.bytesRead, bytesOut: socket.bytesWritten };
    const durationMs = elapsedMs(startedAtMs);
    const facts = { door: 'sftp', act: 'connection', ...describePeer(), ...counted, durationMs };
    logger.info(facts, 'connection');
    return channels.cut();
  }

  client.once('ready', () =>
    announceHostKeys(client, options.hostKeys, (fingerprints) =>
      logger.info({ door: 'sftp', act: 'host-key', fingerprints, ...describePeer() }, 'host key learned'),
    ),
  );
  client.on('error', (error) => {
    logger.debug({ door: 'sftp', act: 'connection', error, ...describePeer() }, 'connection');
    socket.destroySoon();
  });
  const origin = { door: 'sftp', address } as const;
  client.on(
    'authentication',
    createAuthenticator({ storage, origin, limits, logger, admit, disconnect: end }),
  );
  const ended = new Promise<void>((resolve) => {
    // A paused channel tells nothing when its socket dies: what is open hangs on the socket alone.
    socket.once('close', () => resolve(putAway()));
  });

  return {
    get isBusy() {
      return channels.isBusy;
    },
    drain: channels.drain,
    end,
    ended,
  };
}
