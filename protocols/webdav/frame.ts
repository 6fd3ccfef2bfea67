import { IncomingMessage, ServerResponse } from 'node:http';
import { v2 } from 'webdav-server';
import { ClosedFileSystem } from './file-system.js';
import { rawPathOf } from './request-path.js';

type Act = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** What the frame calls; none of them may throw or reject. */
export interface FrameParts {
  /** The login of who asks, or undefined when the request was answered instead. */
  readonly admit: (request: IncomingMessage, response: ServerResponse) => Promise<string | undefined>;
  /** By method name. */
  readonly methods: Readonly<Record<string, Act>>;
  readonly unknown: Act;
  /** Answers a failure of the library itself. */
  readonly fail: (request: IncomingMessage, response: ServerResponse, error: unknown) => void;
}

/** One request through webdav-server; its path must have been parsed before, as the library decodes it without a guard. */
export type Frame = (request: IncomingMessage, response: ServerResponse) => void;

/**
 * webdav-server as the frame: its server object, mount table, authentication hook, request context and method table, with
 * every method ours and none of its answers. Whatever it throws, now or from a callback, ends in `fail`.
 */
export function createFrame(parts: FrameParts): Frame {
  const server = new v2.WebDAVServer({
    requireAuthentification: true,
    httpAuthentication: createAuthentication(parts),
    rootFileSystem: new ClosedFileSystem(),
    strictMode: true,
    respondWithPaths: true,
    serverName: 'peps',
    version: '0',
  });
  for (const [name, act] of Object.entries(parts.methods)) server.method(name, methodOf(act));
  server.onUnknownMethod(methodOf(parts.unknown));
  return (request, response) => {
    response.on('error', () => response.destroy());
    const shown = new ShownRequest(request, response);
    const unheard = new UnheardResponse(shown, () =>
      parts.fail(request, response, new Error('The frame answered.')),
    );
    try {
      server.executeRequest(shown, unheard);
    } catch (error) {
      parts.fail(request, response, error);
    }
  };
}

/** Without a depth it throws and catches an error of its own, at the price of the rest of its work. */
const SHOWN_HEADERS = { depth: '0' };

/** A request as the library sees it: the method and the path, by which it finds its way, and nothing to weigh on its own. */
class ShownRequest extends IncomingMessage {
  readonly whole: IncomingMessage;
  readonly answer: ServerResponse;

  constructor(whole: IncomingMessage, answer: ServerResponse) {
    super(whole.socket);
    this.method = whole.method ?? '';
    // Its URL parser throws at hosts that are none; the path is all it needs.
    this.url = rawPathOf(whole.url ?? '/');
    this.headers = SHOWN_HEADERS;
    this.whole = whole;
    this.answer = answer;
  }
}

/** Where the library may write: it opens every answer to any origin, names itself, lists all it knows, and prints errors. */
class UnheardResponse extends ServerResponse {
  readonly #onEnd: () => void;

  constructor(request: IncomingMessage, onEnd: () => void) {
    super(request);
    this.#onEnd = onEnd;
  }

  override setHeader(): this {
    return this;
  }

  override on(): this {
    return this;
  }

  override end(): this {
    this.#onEnd();
    return this;
  }
}

function methodOf(act: Act): v2.HTTPMethod {
  return {
    // The callback would end the answer: ours end their own, and some are cut off on purpose.
    chunked({ request }) {
      if (request instanceof ShownRequest) void act(request.whole, request.answer);
    },
  };
}

function createAuthentication({ admit, fail }: FrameParts): v2.HTTPAuthentication {
  return {
    // A challenge belongs on a 401 alone; what is named here would go out with every answer.
    askForAuthentication: () => ({}),
    getUser({ request: shown }, callback) {
      if (!(shown instanceof ShownRequest)) return;
      const { whole, answer } = shown;
      void admit(whole, answer).then((login) => {
        if (login === undefined) return;
        // In a try of its own: the library runs on inside this callback, and what it throws would be nobody's rejection.
        try {
          callback(v2.Errors.None, { uid: login, username: login });
        } catch (error) {
          fail(whole, answer, error);
        }
      });
    },
  };
}
