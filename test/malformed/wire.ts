import { connect } from 'node:net';

/** A server that has nothing to say is told that no more comes. */
const SILENCE_MS = 150;
const QUIET_MS = 15;
const PATIENCE_MS = 10_000;

let count = 0;

/** One of some thousands: failed sign-ins of one address are counted, and what is tried here is not that. */
function nextAddress(): string {
  count += 1;
  return `127.${1 + (count % 200)}.${Math.floor(count / 200) % 200}.1`;
}

export interface Said {
  readonly statuses: readonly number[];
  /** Neither an answer nor the end of the connection came. */
  readonly isUnanswered: boolean;
}

/** Sends bytes on a connection of their own; the end is sent once the server answered or stays silent. */
export function converse(port: number, bytes: Buffer): Promise<Said> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', localAddress: nextAddress() }, () =>
      socket.write(bytes),
    );
    let said = '';
    const over = setTimeout(() => finish(true), PATIENCE_MS);
    let quiet = setTimeout(() => socket.end(), SILENCE_MS);
    const finish = (isUnanswered: boolean) => {
      clearTimeout(over);
      clearTimeout(quiet);
      socket.destroy();
      const statuses = [...said.matchAll(/HTTP\/1\.1 (\d{3})/gu)].map(([, status]) => Number(status));
      resolve({ statuses, isUnanswered });
    };
    socket.setEncoding('latin1');
    socket.on('data', (chunk) => {
      said += chunk;
      clearTimeout(quiet);
      quiet = setTimeout(() => socket.end(), QUIET_MS);
    });
    socket.on('error', () => undefined);
    socket.on('close', () => finish(false));
  });
}
