import type { IncomingMessage, ServerResponse } from 'node:http';

export interface TransferPace {
  /** A body that comes slower than this over a whole window ends its connection. */
  readonly bytesPerSecond: number;
  readonly windowSeconds: number;
  /** An answer of which the client took nothing for so long ends its connection. */
  readonly stalledSeconds: number;
}

export interface PaceWatch {
  /** Watches a request until its body is complete, then its answer until that has left, or the connection ends. */
  add(request: IncomingMessage, response: ServerResponse): void;
  /** Its answer is over; its body may not be, where that was refused. */
  settle(response: ServerResponse): void;
  /** Stops watching; the process may end. */
  stop(): void;
}

interface Watched {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Of the connection, when the window began. */
  bytesBefore: number;
  windowStartedAtMs: number;
  isAnswering: boolean;
}

/**
 * Node can only limit the whole time of a request, which would kill long uploads. This watch lets a body take as long as it
 * likes, as long as it moves; one that stalls is answered 408 and its connection closed. So is that of a client which takes
 * nothing of its answer; a copy that is paused for some minutes goes on.
 */
export function createPaceWatch(pace: TransferPace): PaceWatch {
  const watched = new Map<ServerResponse, Watched>();
  const check = () => {
    for (const one of watched.values())
      if (isOver(one)) watched.delete(one.response);
      else if (one.request.complete) checkAnswer(one, pace);
      else checkBody(one, pace);
  };
  const timer = setInterval(check, Math.min(5000, (pace.windowSeconds * 1000) / 4));
  timer.unref();
  return {
    add(request, response) {
      const one: Watched = {
        request,
        response,
        bytesBefore: request.socket.bytesRead,
        windowStartedAtMs: performance.now(),
        isAnswering: false,
      };
      watched.set(response, one);
    },
    settle(response) {
      const one = watched.get(response);
      if (one && isOver(one)) watched.delete(response);
    },
    stop() {
      clearInterval(timer);
      watched.clear();
    },
  };
}

function isOver({ request, response }: Watched): boolean {
  return request.socket.destroyed || (request.complete && response.closed);
}

function checkBody(one: Watched, pace: TransferPace): void {
  const { request, response } = one;
  const { socket } = request;
  const seconds = secondsOf(one);
  if (seconds < pace.windowSeconds) return;
  // Bytes that wait in our buffers are a sign that we are the slow ones.
  const isOurFault = request.readableLength > 0;
  if (socket.bytesRead - one.bytesBefore >= pace.bytesPerSecond * seconds || isOurFault) {
    begin(one, socket.bytesRead);
    return;
  }
  if (!response.headersSent && socket.writable)
    socket.write('HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
  socket.destroySoon();
}

/** Only an answer that waits for the client to take bytes: what is still being made is our own time. */
function checkAnswer(one: Watched, pace: TransferPace): void {
  const { socket } = one.request;
  const isWaiting = socket.writableLength > 0;
  if (!one.isAnswering || !isWaiting || socket.bytesWritten !== one.bytesBefore) {
    one.isAnswering = true;
    begin(one, socket.bytesWritten);
  } else if (secondsOf(one) >= pace.stalledSeconds) socket.destroy();
}

function begin(one: Watched, bytes: number): void {
  one.bytesBefore = bytes;
  one.windowStartedAtMs = performance.now();
}

function secondsOf(one: Watched): number {
  return (performance.now() - one.windowStartedAtMs) / 1000;
}
