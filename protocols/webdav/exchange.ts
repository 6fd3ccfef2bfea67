import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock, Session, VirtualPath, Workspace } from '../../storage/index.js';
import { HttpProblem } from './http-problem.js';
import { HttpStatus } from './http-status.js';
import type { Target } from './request-path.js';
import type { ResourceStates } from './resource-states.js';

/** What the appliance gives every exchange. */
export interface DoorSettings {
  readonly clock: Clock;
  /** Host of the public URL, as `name` or `name:port`: ours in addition to the request's own Host header. */
  readonly publicHost: string | undefined;
}

/** One request and its answer, once it is known who asks. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly target: Target;
  readonly session: Session;
  readonly workspace: Workspace;
  readonly states: ResourceStates;
  readonly settings: DoorSettings;
  /** For the log line: a method that reads a body adds its bytes. */
  countBytesIn(sizeBytes: number): void;
}

/** Answers one exchange, or throws what the door turns into an answer. */
export type MethodHandler = (exchange: Exchange) => Promise<void>;

/** The path asked for. @throws HttpProblem 405 at the host's own root, which knows only OPTIONS and PROPFIND */
export function pathOfTarget({ target }: Exchange): VirtualPath {
  if (target.kind === 'host')
    throw new HttpProblem(HttpStatus.methodNotAllowed, 'Files live below /dav.', {
      headers: { Allow: 'OPTIONS, PROPFIND' },
    });
  return target.path;
}
