import type { Socket } from 'node:net';
import type { Session as ChannelSession, Connection, ServerChannel } from 'ssh2';
import type { SftpSession } from './session.js';

/** The SFTP sessions of one connection, each on a channel of its own. */
export interface Channels {
  /** A file is open, or an answer is owed. */
  readonly isBusy: boolean;
  /** Refuses new files; those open may be finished. */
  drain(): void;
  /** The socket is gone. Settles when everything is put away. */
  cut(): Promise<void>;
}

/** What the channels of one connection stand on. */
export interface ChannelsOptions {
  readonly client: Connection;
  readonly socket: Socket;
  readonly maxChannels: number;
  /** Serves one channel. */
  serve(channel: ServerChannel): SftpSession;
}

/** Beyond ssh2's own window of 2 MiB: its check against senders who ignore the window can be passed. */
const MAX_UNREAD_BYTES = 4 * 1024 * 1024;

/** Of all that a client may ask for once it signed in, only the subsystem `sftp` has a listener: ssh2 refuses the rest. */
export function createChannels({ client, socket, maxChannels, serve }: ChannelsOptions): Channels {
  const sessions = new Map<ServerChannel, SftpSession>();
  const cutting = new Set<Promise<void>>();
  let openChannels = 0;
  let isDraining = false;

  function begin(channel: ServerChannel): void {
    const session = serve(channel);
    sessions.set(channel, session);
    if (isDraining) session.drain();
  }

  function end(channel: ServerChannel): void {
    const session = sessions.get(channel);
    if (!session) return;
    sessions.delete(channel);
    const cut = session.cut().finally(() => cutting.delete(cut));
    cutting.add(cut);
  }

  function accept(channelSession: ChannelSession): void {
    let channel: ServerChannel | undefined;
    channelSession.on('subsystem', (acceptSubsystem, reject, { name }) => {
      // ssh2 gives no `reject` when the client wants no reply.
      if (name !== 'sftp' || channel) return reject?.();
      channel = acceptSubsystem();
      if (channel) begin(channel);
    });
    channelSession.on('close', () => {
      openChannels -= 1;
      if (channel) end(channel);
    });
    channelSession.on('error', () => socket.destroy());
  }

  client.on('session', (acceptSession, reject) => {
    if (openChannels >= maxChannels) return reject();
    openChannels += 1;
    accept(acceptSession());
  });
  client.once('ready', () => {
    socket.on('data', () => {
      for (const channel of sessions.keys()) if (channel.readableLength > MAX_UNREAD_BYTES) socket.destroy();
    });
  });

  return {
    get isBusy() {
      return [...sessions.values()].some((session) => session.isBusy);
    },
    drain() {
      isDraining = true;
      for (const session of sessions.values()) session.drain();
    },
    async cut() {
      for (const channel of [...sessions.keys()]) end(channel);
      await Promise.all(cutting);
    },
  };
}
