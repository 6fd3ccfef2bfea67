import {
  type Clock,
  formatPath,
  StorageError,
  type VirtualPath,
  type Workspace,
} from '../../storage/index.js';
import { SftpStatus } from '../status.js';
import type { Answer } from './codec.js';
import { describeFailure } from './failure.js';
import type { Handle, Handles } from './handles.js';
import { elapsedMs, type OperationLine, type OperationLog } from './log.js';
import type { Overlay } from './overlay.js';
import type { Records } from './records.js';
import type { Ticket } from './turnstile.js';
import type { FieldReader } from './wire.js';

/** What a request finds: one SFTP session of one account. */
export interface RequestContext {
  readonly workspace: Workspace;
  readonly handles: Handles;
  readonly overlay: Overlay;
  readonly records: Records;
  readonly clock: Clock;
  readonly log: OperationLog;
  /** Runs the work after all earlier requests that went in turn. */
  inTurn<T>(work: () => Promise<T>): Promise<T>;
  /** Settles when the answers to all earlier requests left, or the connection is lost. */
  earlierAnswersLeft(): Promise<void>;
  /** Aborts when the channel or its connection is gone. */
  readonly lost: AbortSignal;
  /** How long a request about a name this session is writing waits for its CLOSE. */
  readonly closeWaitMs: number;
}

/** How one kind of request is served. `start` takes its place in line before it returns, and never rejects. */
export interface Row {
  /** Changes what is stored; its log line is one that operators keep. */
  readonly mutates: boolean;
  start(fields: FieldReader, context: RequestContext): Promise<Answer>;
}

interface AboutPath {
  readonly path: VirtualPath;
  readonly target?: VirtualPath;
}

/** `isNeeded`: without their CLOSE the request is refused; otherwise it goes on with what is stored. */
interface Awaited {
  readonly names: readonly VirtualPath[];
  readonly isNeeded: boolean;
}

interface PathRow<Request extends AboutPath> {
  readonly act: string;
  readonly mutates: boolean;
  /** Only failures are logged: the line comes with the handle's CLOSE. */
  readonly isQuiet?: boolean;
  read(fields: FieldReader): Request;
  /** Names this very session should have done writing when `run` begins; nothing unless told. */
  waitsFor?(request: Request): Awaited;
  run(request: Request, context: RequestContext): Promise<Answer>;
}

/** A request about a path: strictly in the order of arrival, but for one that overtook a CLOSE. */
export function onPath<Request extends AboutPath>(row: PathRow<Request>): Row {
  return {
    mutates: row.mutates,
    start(fields, context) {
      let request: Request | undefined;
      const { act, mutates, isQuiet = false } = row;
      const operation = () => ({ act, mutates, isQuiet, ...describePaths(request) });
      return answered(context, operation, () => {
        const known = row.read(fields);
        request = known;
        const run = async () => {
          // What was read by then may decide what may be done.
          if (mutates) await context.records.settled();
          return row.run(known, context);
        };
        return runAfter(row.waitsFor?.(known) ?? NOTHING, run, context);
      });
    },
  };
}

const NOTHING: Awaited = { names: [], isNeeded: false };

/**
 * sshfs hands a CLOSE to another thread than what the program does next: `echo a >> f; echo b >> f` may ask for the second
 * opening first. Such a request lets those behind it pass until the name is closed. @throws locked when no CLOSE comes
 */
async function runAfter(
  { names, isNeeded }: Awaited,
  run: () => Promise<Answer>,
  context: RequestContext,
): Promise<Answer> {
  // A timer for those that wait alone: every look at a name comes through here.
  let deadline: AbortSignal | undefined;
  for (;;) {
    const turn = await context.inTurn(async () => {
      const writing = names.map(context.overlay.find).find((found) => found !== undefined);
      const isTime = deadline?.aborted === true || context.lost.aborted;
      if (writing && isTime && isNeeded) throw beingWritten(writing.path);
      return writing && !isTime ? { writing } : { answer: await run() };
    });
    if (turn.answer) return turn.answer;
    deadline ??= AbortSignal.timeout(context.closeWaitMs);
    await firstOf(turn.writing.ended, [deadline, context.lost]);
  }
}

/** Settles with the promise or the first of the signals. */
function firstOf(ended: Promise<void>, signals: readonly AbortSignal[]): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      for (const signal of signals) signal.removeEventListener('abort', done);
      resolve();
    };
    for (const signal of signals) signal.addEventListener('abort', done);
    ended.then(done);
  });
}

function beingWritten(path: VirtualPath): StorageError {
  return new StorageError('locked', 'This file is still being written: close it first.', {
    reason: 'being-written',
    subject: formatPath(path),
  });
}

interface HandleRow<Request extends { readonly handle: Buffer }> {
  readonly act: string;
  readonly mutates: boolean;
  /** `beside`: several at a time on one handle, with no regard to other requests. `alone`: in turn, and after all before it on the handle. */
  readonly turn: 'beside' | 'alone';
  read(fields: FieldReader): Request;
  run(request: Request, handle: Handle, context: RequestContext): Promise<Answer>;
}

/** A request about an open handle. */
export function onHandle<Request extends { readonly handle: Buffer }>(row: HandleRow<Request>): Row {
  return {
    mutates: row.mutates,
    start(fields, context) {
      let handle: Handle | undefined;
      const operation = () => ({ act: row.act, mutates: row.mutates, isQuiet: true, ...pathOf(handle) });
      return answered(context, operation, () => {
        const request = row.read(fields);
        const found = context.handles.find(request.handle);
        handle = found;
        const work = () => row.run(request, found, context);
        if (row.turn === 'beside') return inside(found.turnstile.enterShared(), work);
        const ticket = found.turnstile.enterAlone();
        return context.inTurn(() => inside(ticket, work));
      });
    },
  };
}

/** Does the work when the ticket's turn has come. */
export async function inside<T>(ticket: Ticket, work: () => Promise<T>): Promise<T> {
  await ticket.ready;
  try {
    return await work();
  } finally {
    ticket.leave();
  }
}

interface Operation extends Pick<OperationLine, 'act' | 'path' | 'target' | 'bytesIn' | 'bytesOut'> {
  readonly mutates: boolean;
  readonly isQuiet?: boolean;
  /** Where the duration counts from, when not from the request. */
  readonly startedAtMs?: number;
}

/** Turns whatever the work throws into an answer, and writes the operation's line. `work` begins before this returns. */
export async function answered(
  context: RequestContext,
  operation: () => Operation,
  work: () => Promise<Answer>,
): Promise<Answer> {
  const arrivedAtMs = performance.now();
  try {
    const answer = await work();
    const known = operation();
    const status = answer.kind === 'status' ? answer.code : SftpStatus.ok;
    if (!known.isQuiet) context.log(known.mutates ? 'info' : 'debug', line(known, arrivedAtMs, status));
    return answer;
  } catch (error) {
    const { code, text, level, reason, incident } = describeFailure(error);
    const details = incident ? { reason, incident, error } : { reason };
    context.log(level, { ...line(operation(), arrivedAtMs, code), ...details });
    return { kind: 'status', code, text };
  }
}

function line(operation: Operation, arrivedAtMs: number, status: number): OperationLine {
  const { act, path, target, bytesIn, bytesOut, startedAtMs } = operation;
  return {
    act,
    ...(path !== undefined && { path }),
    ...(target !== undefined && { target }),
    status,
    ...(bytesIn !== undefined && { bytesIn }),
    ...(bytesOut !== undefined && { bytesOut }),
    durationMs: elapsedMs(startedAtMs ?? arrivedAtMs),
  };
}

function describePaths(request: AboutPath | undefined): { path?: string; target?: string } {
  if (!request) return {};
  const path = formatPath(request.path);
  return request.target ? { path, target: formatPath(request.target) } : { path };
}

function pathOf(handle: Handle | undefined): { path?: string } {
  return handle ? { path: formatPath(handle.path) } : {};
}
