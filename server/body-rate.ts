import type { IncomingMessage, ServerResponse } from 'node:http';

export interface BodyRateOptions {
  /** A body slower than this over a whole window ends its connection. */
  readonly bytesPerSecond: number;
  readonly windowSeconds: number;
}

export interface BodyRateWatch {
  /** Watches a request until its body is complete or its connection ends. */
  add(request: IncomingMessage, response: ServerResponse): void;
  /** Stops watching; the process may end. */
  stop(): void;
}

interface Watched {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  bytesBefore: number;
  windowStartedAt: number;
}

/**
 * Node can only limit the whole time of a request, which would kill long uploads. This watch lets a body take as long as it
 * likes, as long as it moves; one that stalls is answered 408 and its connection closed.
 */
export function createBodyRateWatch(options: BodyRateOptions): BodyRateWatch {
  const watched = new Set<Watched>();
  const check = () => {
    for (const one of watched) {
      if (one.request.complete || one.request.destroyed) watched.delete(one);
      else if (isDue(one, options)) judge(one, options);
    }
  };
  const timer = setInterval(check, Math.min(5000, (options.windowSeconds * 1000) / 4));
  timer.unref();
  return {
    add(request, response) {
      if (request.complete) return;
      const one: Watched = {
        request,
        response,
        bytesBefore: request.socket.bytesRead,
        windowStartedAt: now(),
      };
      watched.add(one);
      request.once('close', () => watched.delete(one));
    },
    stop() {
      clearInterval(timer);
      watched.clear();
    },
  };
}

function isDue(one: Watched, options: BodyRateOptions): boolean {
  return now() - one.windowStartedAt >= options.windowSeconds * 1000;
}

function judge(one: Watched, options: BodyRateOptions): void {
  const { request, response } = one;
  const seconds = (now() - one.windowStartedAt) / 1000;
  const received = request.socket.bytesRead - one.bytesBefore;
  // Bytes that wait in our buffers are a sign that we are the slow ones.
  const isOurFault = request.readableLength > 0;
  if (received >= options.bytesPerSecond * seconds || isOurFault) {
    one.bytesBefore = request.socket.bytesRead;
    one.windowStartedAt = now();
    return;
  }
  if (!response.headersSent && request.socket.writable)
    request.socket.write('HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
  request.socket.destroySoon();
}

function now(): number {
  return performance.now();
}
