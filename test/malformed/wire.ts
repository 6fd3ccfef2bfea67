import { connect } from 'node:net';
import type { Case } from './cases.js';

/** Silence is counted in beats: a process that stood still for a while has heard nothing meanwhile, and must not take that for silence. */
const BEAT_MS = 25;
/**
 * A server that has nothing to say is told that no more comes, and then says nothing more: whoever leaves a whole request behind
 * would take what it did for done without an acknowledgement.
 */
const BEATS_BEFORE = 40;
const BEATS_BETWEEN = 2;
const BEATS_IN_A_ROW = 200;
const PATIENCE_MS = 10_000;

let count = 0;

/** One of some thousands: failed sign-ins of one address are counted, and what is tried here is not that. */
function nextAddress(): string {
  count += 1;
  return `127.${1 + (count % 200)}.${Math.floor(count / 200) % 200}.1`;
}

export interface Said {
  readonly statuses: readonly number[];
  /** All of it, a byte a character. */
  readonly text: string;
  /** Nobody listens. */
  readonly isRefused: boolean;
  /** Neither an answer nor the end of the connection came. */
  readonly isUnanswered: boolean;
}

/**
 * Sends a case on a connection of its own; the end is sent once the server has been silent. With nobody else to serve it thinks
 * for a small part of the time: `patience` is that part.
 */
export function converse(port: number, one: Case, patience = 1): Promise<Said> {
  const { bytes, isCut = false, isRow = false } = one;
  const beatsBefore = Math.ceil((isRow ? BEATS_IN_A_ROW : BEATS_BEFORE) * patience);
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', localAddress: nextAddress() }, () => {
      isConnected = true;
      if (isCut) socket.end(bytes);
      else socket.write(bytes);
    });
    let isConnected = false;
    let text = '';
    let beats = beatsBefore;
    /** Since it was heard last. */
    const over = setTimeout(() => finish(true), PATIENCE_MS);
    const silence = setInterval(() => {
      beats -= 1;
      if (beats === 0) socket.end();
    }, BEAT_MS);
    const finish = (isUnanswered: boolean) => {
      clearTimeout(over);
      clearInterval(silence);
      socket.destroy();
      const statuses = [...text.matchAll(/HTTP\/1\.1 (\d{3})/gu)].map(([, status]) => Number(status));
      resolve({ statuses, text, isRefused: !isConnected, isUnanswered });
    };
    socket.setEncoding('latin1');
    socket.on('data', (chunk) => {
      text += chunk;
      over.refresh();
      if (beats > 0) beats = isRow ? beatsBefore : BEATS_BETWEEN;
    });
    socket.on('error', () => undefined);
    socket.on('close', () => finish(false));
  });
}
