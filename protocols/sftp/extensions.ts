import { StorageError } from '../../storage/index.js';
import { parseClientPath } from './client-path.js';
import { type Answer, MAX_DATA_BYTES, MAX_PACKET_BYTES, OK } from './codec.js';
import type { Reading } from './reading.js';
import { answered, inside, onHandle, onPath, type RequestContext, type Row } from './rows.js';
import { POSIX_RENAME } from './tree-requests.js';
import { type FieldReader, uint64 } from './wire.js';
import { toByteCount, type Writing } from './writing.js';

/* Extensions as OpenSSH's PROTOCOL file, section 4, describes them. */

const BLOCK_BYTES = 4_096;
const COPY_STEP_BYTES = 1024 * 1024;
const MAX_NAME_BYTES = 255;

/** The group's quota as a file system's size; at the root, what one may see of all groups together. */
const STATVFS = onPath({
  act: 'statvfs',
  mutates: false,
  read: (fields) => ({ path: parseClientPath(fields.string()) }),
  async run({ path }, { workspace }) {
    const { usedBytes, quotaBytes, availableBytes } = await workspace.usage(path);
    const totalBytes = Math.max(quotaBytes ?? 0, usedBytes + availableBytes);
    const available = toBlocks(availableBytes);
    const figures = [BLOCK_BYTES, BLOCK_BYTES, toBlocks(totalBytes), available, available, 0, 0, 0, 0, 0];
    return { kind: 'extended', payload: Buffer.concat([...figures, MAX_NAME_BYTES].map(uint64)) };
  },
});

/** Nothing is published before CLOSE, which syncs; that what was written is taken is all there is to say before. */
const FSYNC = onHandle({
  act: 'fsync',
  mutates: false,
  turn: 'alone',
  read: (fields) => ({ handle: fields.string() }),
  run: async () => OK,
});

const LIMITS: Row = {
  mutates: false,
  async start(_fields, { handles }): Promise<Answer> {
    const figures = [MAX_PACKET_BYTES, MAX_DATA_BYTES, MAX_DATA_BYTES, handles.maxHandles];
    return { kind: 'extended', payload: Buffer.concat(figures.map(uint64)) };
  },
};

/** Copies between two open handles; a length of 0 means to the end. The copy is a deposit like any other. */
const COPY_DATA: Row = {
  mutates: true,
  start(fields, context) {
    return answered(
      context,
      () => ({ act: 'copy-data', mutates: true, isQuiet: true }),
      () => {
        const request = readCopy(fields, context);
        const reading = request.from.turnstile.enterShared();
        const writing = request.to.turnstile.enterAlone();
        return context.inTurn(() => inside(writing, () => inside(reading, () => copy(request, context))));
      },
    );
  },
};

const EXTENSIONS: ReadonlyMap<string, { readonly version: string; readonly row: Row }> = new Map([
  ['posix-rename@openssh.com', { version: '1', row: POSIX_RENAME }],
  ['statvfs@openssh.com', { version: '2', row: STATVFS }],
  ['fsync@openssh.com', { version: '1', row: FSYNC }],
  ['limits@openssh.com', { version: '1', row: LIMITS }],
  ['copy-data', { version: '1', row: COPY_DATA }],
]);

/** Names and versions for the VERSION packet. */
export const EXTENSION_VERSIONS: ReadonlyMap<string, string> = new Map(
  [...EXTENSIONS].map(([name, { version }]) => [name, version]),
);

/** Dispatches by the extension's name; one that is not in the table is unsupported. */
export const EXTENDED: Row = {
  mutates: true,
  start(fields, context) {
    let name = '';
    const operation = () => ({ act: 'extended', mutates: false, isQuiet: true, target: name });
    return answered(context, operation, () => {
      name = fields.string().toString('latin1').slice(0, 64);
      const extension = EXTENSIONS.get(name);
      if (!extension) throw new StorageError('unsupported', 'This extension is not served.');
      return extension.row.start(fields, context);
    });
  },
};

interface CopyRequest {
  readonly from: Reading;
  readonly fromOffset: bigint;
  readonly sizeBytes: bigint;
  readonly to: Writing;
  readonly toOffset: bigint;
}

function readCopy(fields: FieldReader, { handles }: RequestContext): CopyRequest {
  const from = handles.find(fields.string());
  const fromOffset = fields.uint64();
  const sizeBytes = fields.uint64();
  const to = handles.find(fields.string());
  const toOffset = fields.uint64();
  if (from.kind !== 'reading' || to.kind !== 'writing')
    throw new StorageError('invalid-input', 'Copying needs a handle to read and one to write.', {
      reason: 'handle',
    });
  return { from, fromOffset, sizeBytes, to, toOffset };
}

async function copy(request: CopyRequest, context: RequestContext): Promise<Answer> {
  const { from, to } = request;
  const fileEnd = from.attributes.sizeBytes;
  const start = Math.min(fileEnd, toByteCount(request.fromOffset));
  const wanted = request.sizeBytes === 0n ? fileEnd : toByteCount(request.sizeBytes);
  const end = Math.min(fileEnd, start + wanted);
  for (let at = start; at < end; at += COPY_STEP_BYTES) {
    if (context.lost.aborted) throw new StorageError('aborted', 'The connection is lost.');
    const data = await from.copy({ start: at, end: Math.min(end, at + COPY_STEP_BYTES) });
    await to.write(data, request.toOffset + BigInt(at - start));
  }
  return OK;
}

function toBlocks(sizeBytes: number): number {
  return Math.floor(sizeBytes / BLOCK_BYTES);
}
