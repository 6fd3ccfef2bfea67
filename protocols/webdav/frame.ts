import type { IncomingMessage, ServerResponse } from 'node:http';
import { v2 } from 'webdav-server';
import { ClosedFileSystem } from './file-system.js';
import { DAV_ROOT, rawPathOf } from './request-path.js';

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
  const fileSystem = new ClosedFileSystem();
  const server = new v2.WebDAVServer({
    requireAuthentification: true,
    httpAuthentication: createAuthentication(parts),
    rootFileSystem: fileSystem,
    strictMode: true,
    respondWithPaths: true,
    serverName: 'peps',
    version: '0',
  });
  server.setFileSystemSync(DAV_ROOT, fileSystem);
  for (const [name, act] of Object.entries(parts.methods)) server.method(name, methodOf(act));
  server.onUnknownMethod(methodOf(parts.unknown));
  return (request, response) => {
    try {
      // Its URL parser throws at hosts that are none; the path is all it needs.
      request.url = rawPathOf(request.url ?? '/');
      server.executeRequest(request, response, DAV_ROOT);
    } catch (error) {
      parts.fail(request, response, error);
    }
  };
}

const LIBRARY_HEADERS = [
  'Access-Control-Allow-Origin',
  'Access-Control-Allow-Credentials',
  'Access-Control-Expose-Headers',
  'Allow',
  'DAV',
  'MS-Author-Via',
  'Server',
];

function methodOf(act: Act): v2.HTTPMethod {
  return {
    // The callback would end the answer: ours end their own, and some are cut off on purpose.
    chunked({ request, response }) {
      removeLibraryHeaders(response);
      void act(request, response);
    },
  };
}

function createAuthentication({ admit, fail }: FrameParts): v2.HTTPAuthentication {
  return {
    // A challenge belongs on a 401 alone; what is named here would go out with every answer.
    askForAuthentication: () => ({}),
    getUser({ request, response }, callback) {
      removeLibraryHeaders(response);
      // The library's own listener prints to the console.
      response.removeAllListeners('error').on('error', () => response.destroy());
      void admit(request, response).then((login) => {
        if (login === undefined) return;
        // In a try of its own: the library runs on inside this callback, and what it throws would be nobody's rejection.
        try {
          callback(v2.Errors.None, { uid: login, username: login });
        } catch (error) {
          fail(request, response, error);
        }
      });
    },
  };
}

/** The library opens every answer to any origin, names itself, and lists all it knows. */
function removeLibraryHeaders(response: ServerResponse): void {
  for (const name of LIBRARY_HEADERS) response.removeHeader(name);
}
