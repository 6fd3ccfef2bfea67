import {
  formatPath,
  isStorageError,
  type PendingUpload,
  StorageError,
  type Upload,
  type VirtualPath,
  type Workspace,
} from '../../storage/index.js';
import { readAttributes } from './attributes.js';
import { parseClientPath } from './client-path.js';
import { END_OF_FILE, MAX_DATA_BYTES, OK, PacketType } from './codec.js';
import { EXTENDED } from './extensions.js';
import type { Handle } from './handles.js';
import { discardParked, onWhole, parkedAt } from './parked.js';
import { createReading, type Reading } from './reading.js';
import { answered, inside, onHandle, onPath, type RequestContext, type Row } from './rows.js';
import * as tree from './tree-requests.js';
import { createWriting, type Writing } from './writing.js';

/*
 * What happens when a partner drops a file: OPEN asks the workspace for an upload, so whatever refuses (role, lock, quota)
 * is heard before a byte is sent; each WRITE feeds it; CLOSE commits it, and only then does the client hear that the file is
 * stored. A connection that ends before CLOSE publishes nothing; what came is kept for its sender to go on with. Go on reading in
 * storage/workspace.ts.
 */

/** SSH_FXF_* of filexfer-02 section 6.3. */
const Open = {
  read: 0x01,
  write: 0x02,
  append: 0x04,
  create: 0x08,
  truncate: 0x10,
  exclusive: 0x20,
} as const;

/** Flags of a client that means to change the file, or to make it. */
const CHANGES = Open.write | Open.append | Open.create | Open.truncate;

const OPEN = onPath({
  act: 'open',
  mutates: false,
  isQuiet: true,
  read: (fields) => {
    const request = { path: parseClientPath(fields.string()), flags: fields.uint32() };
    readAttributes(fields);
    return request;
  },
  // An append or a change in place builds on what the writing under way leaves; a whole new content and a reading do not.
  waitsFor: ({ path, flags }) => ({
    names: [path],
    isNeeded: (flags & CHANGES) !== 0 && (flags & Open.truncate) === 0,
  }),
  async run({ path, flags }, context) {
    context.handles.assertRoom();
    const isForReading = (flags & CHANGES) === 0;
    const handle = isForReading
      ? createReading(await onWhole(path, context.workspace, () => context.workspace.get(path)), path)
      : await openToWrite(path, flags, context);
    return { kind: 'handle', handle: context.handles.add(handle) };
  },
});

const WRITE = onHandle({
  act: 'write',
  mutates: true,
  turn: 'beside',
  read: (fields) => ({ handle: fields.string(), offset: fields.uint64(), data: fields.string() }),
  async run({ offset, data }, handle) {
    if (handle.kind !== 'writing') throw notOpenFor('writing');
    await handle.write(data, offset);
    return OK;
  },
});

const READ = onHandle({
  act: 'read',
  mutates: false,
  turn: 'beside',
  read: (fields) => ({ handle: fields.string(), offset: fields.uint64(), sizeBytes: fields.uint32() }),
  async run({ offset, sizeBytes }, handle) {
    const length = Math.min(sizeBytes, MAX_DATA_BYTES);
    if (handle.kind === 'listing' || (handle.kind === 'writing' && !handle.isReadable))
      throw notOpenFor('reading');
    const piece = await handle.read(offset, length);
    return piece ? { kind: 'data', ...piece } : END_OF_FILE;
  },
});

/**
 * Publishes a deposit, or begins to record a download, which `Records` waits for; its line in the log is the one of the whole
 * transfer.
 */
const CLOSE: Row = {
  mutates: true,
  start(fields, context) {
    let taken: Handle | undefined;
    return answered(
      context,
      () => describeTransfer(taken),
      () => {
        const handle = context.handles.take(fields.string());
        taken = handle;
        const ticket = handle.turnstile.enterAlone();
        const reading = readingOf(handle);
        reading?.noteCloseRequested();
        const earlierLeft = reading ? context.earlierAnswersLeft() : undefined;
        return context.inTurn(() =>
          inside(ticket, async () => {
            await earlierLeft;
            await close(handle, context);
            return OK;
          }),
        );
      },
    );
  },
};

/** Every request of version 3 by its packet type; one that is missing is answered "unsupported". */
export const REQUESTS: ReadonlyMap<number, Row> = new Map<number, Row>([
  [PacketType.OPEN, OPEN],
  [PacketType.WRITE, WRITE],
  [PacketType.READ, READ],
  [PacketType.CLOSE, CLOSE],
  [PacketType.STAT, tree.STAT],
  [PacketType.LSTAT, tree.STAT],
  [PacketType.FSTAT, tree.FSTAT],
  [PacketType.SETSTAT, tree.SETSTAT],
  [PacketType.FSETSTAT, tree.FSETSTAT],
  [PacketType.OPENDIR, tree.OPENDIR],
  [PacketType.READDIR, tree.READDIR],
  [PacketType.REALPATH, tree.REALPATH],
  [PacketType.MKDIR, tree.MKDIR],
  [PacketType.RMDIR, tree.RMDIR],
  [PacketType.REMOVE, tree.REMOVE],
  [PacketType.RENAME, tree.RENAME],
  [PacketType.EXTENDED, EXTENDED],
]);

/** What the connection left open: uploads are parked or thrown away, readings recorded as interrupted. Never throws. */
export async function interruptAll(context: RequestContext): Promise<void> {
  for (const handle of context.handles.takeAll()) {
    if (handle.kind === 'writing') context.overlay.remove(handle);
    await answered(
      context,
      () => describeTransfer(handle),
      async () => {
        await handle.interrupt();
        if (handle.kind === 'listing') return OK;
        throw new StorageError('aborted', 'The connection ended before the file was closed.', {
          reason: 'interrupted',
        });
      },
    );
  }
}

async function openToWrite(path: VirtualPath, flags: number, context: RequestContext): Promise<Writing> {
  const isReadable = (flags & Open.read) !== 0;
  const isAppending = (flags & Open.append) !== 0;
  const startsEmpty = (flags & Open.truncate) !== 0;
  const goesOn = !startsEmpty && (flags & Open.exclusive) === 0;
  const parked = await parkedAt(path, context.workspace);
  const last = goesOn ? parked.at(-1) : undefined;
  const base = isReadable && !startsEmpty && !last ? await openBase(path, context.workspace) : undefined;
  try {
    const upload = last
      ? await context.workspace.resume(last.id)
      : await openAnew(path, flags, parked, context.workspace);
    const isResumed = last !== undefined;
    const options = { upload, isResumed, path, clock: context.clock, isAppending, isReadable, base };
    const writing = createWriting(options);
    context.overlay.add(writing);
    return writing;
  } catch (error) {
    await base?.interrupt();
    throw error;
  }
}

/** A new upload, or a change to what is published; what was parked under the name is then no longer wanted. */
async function openAnew(
  path: VirtualPath,
  flags: number,
  parked: readonly PendingUpload[],
  workspace: Workspace,
): Promise<Upload> {
  const upload = await workspace.put(path, {
    base: (flags & Open.truncate) !== 0 ? 'empty' : 'current',
    mode: !(flags & Open.create) ? 'replace' : flags & Open.exclusive ? 'create' : 'create-or-replace',
  });
  try {
    await discardParked(parked, workspace);
    return upload;
  } catch (error) {
    await upload.abort(error);
    throw error;
  }
}

/** What a handle for both reads is read like any other file, so that it is recorded; there is nothing to read in a new one. */
async function openBase(path: VirtualPath, workspace: Workspace): Promise<Reading | undefined> {
  try {
    return createReading(await workspace.get(path), path);
  } catch (error) {
    if (isStorageError(error, 'not-found')) return undefined;
    throw error;
  }
}

/** A client that fetches many files of up to this size waits for none of their lines. */
const SMALL_BYTES = 1024 * 1024;

async function close(handle: Handle, context: RequestContext): Promise<void> {
  if (handle.kind === 'writing') return publish(handle, context);
  if (handle.kind === 'listing') return handle.close();
  if (context.lost.aborted) return handle.interrupt();
  // A pick-up that took its time is on the disk before the client hears that it is done.
  if (handle.bytesOut > SMALL_BYTES) return handle.close();
  await context.records.keep(handle.close(), (error) => logUnrecorded(handle, error, context));
}

/**
 * A client that comes back quicker than its lost connection is noticed writes the file anew while the first try is parked: that
 * is over now, for the name holds another content.
 */
async function publish(writing: Writing, context: RequestContext): Promise<void> {
  context.overlay.remove(writing);
  await writing.close();
  const { workspace } = context;
  const isOver = ({ isResumable }: PendingUpload) => !isResumable;
  // What fails here is left to its day: the deposit is stored.
  await parkedAt(writing.path, workspace)
    .then((parked) => discardParked(parked.filter(isOver), workspace))
    .catch(() => undefined);
}

async function logUnrecorded(handle: Handle, error: unknown, context: RequestContext): Promise<void> {
  await answered(
    context,
    () => describeTransfer(handle),
    () => Promise.reject(error),
  );
}

function readingOf(handle: Handle): Reading | undefined {
  if (handle.kind === 'reading') return handle;
  return handle.kind === 'writing' ? handle.base : undefined;
}

function describeTransfer(handle: Handle | undefined) {
  if (!handle) return { act: 'close', mutates: false };
  const path = formatPath(handle.path);
  if (handle.kind === 'listing') return { act: 'list', mutates: false, path };
  const startedAtMs = handle.openedAtMs;
  return handle.kind === 'writing'
    ? { act: 'put', mutates: true, path, startedAtMs, bytesIn: handle.bytesIn }
    : { act: 'get', mutates: true, path, startedAtMs, bytesOut: handle.bytesOut };
}

function notOpenFor(purpose: string): StorageError {
  return new StorageError('forbidden', `This handle is not open for ${purpose}.`, { reason: 'handle' });
}
