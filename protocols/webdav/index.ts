import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock, Storage } from '../../storage/index.js';
import { cutOffOn } from '../proof.js';
import { isOpenToAll, signIn } from './admission.js';
import { sendError } from './answers.js';
import type { DoorSettings, Exchange, MethodHandler } from './exchange.js';
import { createFrame } from './frame.js';
import { HttpProblem } from './http-problem.js';
import { HttpStatus } from './http-status.js';
import { METHODS } from './methods/index.js';
import { options } from './methods/options.js';
import { unknown } from './methods/unknown.js';
import { createRequestLog, type DoorLogger, type RequestLog } from './request-log.js';
import { describeTarget, hrefOf, isBelowRoot, parseTarget, rawPathOf, type Target } from './request-path.js';
import { createResourceStates } from './resource-states.js';

export type { DoorLogger } from './request-log.js';

export interface WebdavDoorParts {
  readonly storage: Storage;
  readonly clock: Clock;
  readonly logger: DoorLogger;
  /** Where clients find the appliance; its host is ours in Destination and If headers, besides the Host header. */
  readonly publicUrl?: string;
  /** The client's network address: the peer's unless told, where trusted proxies stand in between. */
  readonly clientAddress?: (request: IncomingMessage) => string;
}

/** Answers every request for which isWebdavRequest holds, those that wait for 100 Continue included. Never throws. */
export interface WebdavDoor {
  handle(request: IncomingMessage, response: ServerResponse): void;
}

/**
 * Whether a request is this door's: /dav and all below it, and what Windows asks of the host's root before it maps a drive
 * (OPTIONS and PROPFIND of `/`, OPTIONS of `*`).
 */
export function isWebdavRequest(request: IncomingMessage): boolean {
  const path = rawPathOf(request.url ?? '/');
  if (path === '*') return request.method === 'OPTIONS';
  if (path === '/') return request.method === 'OPTIONS' || request.method === 'PROPFIND';
  return isBelowRoot(path);
}

/** Builds the door: RFC 4918 classes 1 and 2, with webdav-server as the frame. */
export function createWebdavDoor(parts: WebdavDoorParts): WebdavDoor {
  const visits = new WeakMap<IncomingMessage, Visit>();
  const settings = settingsOf(parts);
  const frame = createFrame({
    admit: (request) => guarded(request, (visit) => admit(parts, settings, visit)),
    methods: Object.fromEntries(Object.entries(METHODS).map(([name, handler]) => [name, act(handler)])),
    unknown: act(unknown),
    fail: (request, _response, error) => refuse(visits.get(request), error),
  });

  function act(handler: MethodHandler): (request: IncomingMessage) => Promise<void> {
    return async (request) => {
      await guarded(request, async ({ exchange }) => exchange && handler(exchange));
    };
  }

  /** Undefined also when it failed, which is answered by then. */
  async function guarded<T>(
    request: IncomingMessage,
    work: (visit: Visit) => Promise<T | undefined>,
  ): Promise<T | undefined> {
    const visit = visits.get(request);
    try {
      return visit && (await work(visit));
    } catch (error) {
      refuse(visit, error);
      return undefined;
    }
  }

  return {
    handle(request, response) {
      const visit = openVisit(parts, request, response);
      visits.set(request, visit);
      try {
        visit.target = targetOf(request);
        visit.log.setPath(describeTarget(visit.target));
        frame(request, response);
      } catch (error) {
        refuse(visit, error);
      }
    },
  };
}

/** One request from its first line to its log line. */
interface Visit {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly address: string;
  readonly log: RequestLog;
  target?: Target;
  exchange?: Exchange;
}

function openVisit(parts: WebdavDoorParts, request: IncomingMessage, response: ServerResponse): Visit {
  const address = parts.clientAddress?.(request) ?? request.socket.remoteAddress ?? 'unknown';
  return { request, response, address, log: createRequestLog(parts.logger, request, response, address) };
}

function targetOf(request: IncomingMessage): Target {
  const target = parseTarget(request.url ?? '/');
  if (!target) throw new HttpProblem(HttpStatus.notFound, 'Files live below /dav.');
  return target;
}

/** The login of who asks; undefined for what was answered to anybody. @throws as signIn */
async function admit(
  { storage }: WebdavDoorParts,
  settings: DoorSettings,
  visit: Visit,
): Promise<string | undefined> {
  const { request, response, target, log } = visit;
  if (!target) return undefined;
  const { countBytesIn } = log;
  if (isOpenToAll(request, target)) {
    await options({ request, response, countBytesIn });
    return undefined;
  }
  const session = await signIn(storage, request, visit.address);
  log.signedIn(session.account.login);
  cutOffOn(session.signal, response);
  const workspace = storage.open(session);
  const states = createResourceStates(workspace);
  visit.exchange = { request, response, target, session, workspace, states, settings, countBytesIn };
  return session.account.login;
}

function settingsOf({ clock, publicUrl }: WebdavDoorParts): DoorSettings {
  return { clock, publicHost: publicUrl === undefined ? undefined : new URL(publicUrl).host };
}

function refuse(visit: Visit | undefined, error: unknown): void {
  if (!visit) return;
  const { request, response, target, log } = visit;
  const href = target?.kind === 'entry' ? hrefOf(target.path, false) : undefined;
  log.refused(error, sendError(request, response, error, href));
}
