/** A place in line: `ready` settles when it is one's turn; `leave` lets the next ones pass. */
export interface Ticket {
  readonly ready: Promise<unknown>;
  readonly leave: () => void;
}

/**
 * Orders what happens to one handle. Reads and writes pass side by side; everything else waits for all before it and keeps
 * back all after it. Tickets are drawn when a request arrives, so the order is the client's.
 */
export interface Turnstile {
  enterShared(): Ticket;
  enterAlone(): Ticket;
}

/** A turnstile nobody waits at. */
export function createTurnstile(): Turnstile {
  let lastAlone: Promise<unknown> = Promise.resolve();
  let sharing: Promise<unknown> = Promise.resolve();
  return {
    enterShared() {
      const { left, leave } = createGate();
      sharing = sharing.then(() => left);
      return { ready: lastAlone, leave };
    },
    enterAlone() {
      const ready = Promise.all([lastAlone, sharing]);
      const { left, leave } = createGate();
      lastAlone = left;
      sharing = Promise.resolve();
      return { ready, leave };
    },
  };
}

function createGate(): { readonly left: Promise<void>; readonly leave: () => void } {
  let leave = () => {};
  const left = new Promise<void>((resolve) => {
    leave = resolve;
  });
  return { left, leave };
}
