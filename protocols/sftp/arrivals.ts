import type { Socket } from 'node:net';
import type { Admission } from './admission.js';
import type { SftpLimits } from './limits.js';

/** A connection on its way to a sign-in. */
export interface Arrival {
  readonly socket: Socket;
  readonly address: string;
  /** It said that it speaks SSH. */
  isHeard: boolean;
  /** Its place among the unauthenticated is free again: signed in, or gone. May be called again. */
  readonly settle: () => void;
}

/** Who has not signed in yet. */
export interface Arrivals {
  /**
   * Gives a connection a place for as long as the grace lasts; null where its address holds as many as it may. Where strangers
   * hold all of them, the one who has said nothing for longest goes, else the one who came first: a job signs in within a
   * second, and must not wait until they are tired.
   */
  take(socket: Socket, address: string): Arrival | null;
}

/** @param turnAway told of every arrival that gave way to another; the socket is the listener's to end */
export function createArrivals(
  admission: Admission,
  limits: Pick<SftpLimits, 'graceMs'>,
  turnAway: (arrival: Arrival) => void,
): Arrivals {
  // The oldest first.
  const unsettled = new Set<Arrival>();

  function makesRoom(address: string): boolean {
    const entered = admission.enter(address);
    if (entered !== 'full') return entered === 'entered';
    const others = [...unsettled];
    const leaving = others.find(({ isHeard }) => !isHeard) ?? others[0];
    leaving?.settle();
    if (leaving) turnAway(leaving);
    return admission.enter(address) === 'entered';
  }

  return {
    take(socket, address) {
      if (!makesRoom(address)) return null;
      const grace = setTimeout(() => socket.destroy(), limits.graceMs);
      const arrival: Arrival = {
        ...{ socket, address, isHeard: false },
        settle() {
          if (!unsettled.delete(arrival)) return;
          clearTimeout(grace);
          admission.leave(address);
        },
      };
      unsettled.add(arrival);
      return arrival;
    },
  };
}
