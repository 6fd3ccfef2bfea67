import {
  type Entry,
  formatPath,
  isStorageError,
  StorageError,
  type VirtualPath,
  type Workspace,
} from '../../storage/index.js';
import { type Attributes, attributesOf, type RequestedAttributes, readAttributes } from './attributes.js';
import { parseClientPath } from './client-path.js';
import { type Answer, END_OF_FILE, OK } from './codec.js';
import { createListing } from './listing.js';
import { discardParked, onWhole, parkedAt, parkedAttributes, parkedInside } from './parked.js';
import { inside, onHandle, onPath, type RequestContext } from './rows.js';
import type { FieldReader } from './wire.js';
import { toByteCount } from './writing.js';

/* The requests about names and attributes; those that move a file's bytes are in requests.ts. */

/** Links do not exist here, so LSTAT is the same. */
export const STAT = onPath({
  act: 'stat',
  mutates: false,
  read: (fields) => ({ path: parseClientPath(fields.string()) }),
  async run({ path }, { overlay, workspace }) {
    const unfinished = overlay.find(path)?.attributes ?? (await parkedAttributes(path, workspace));
    const attributes = unfinished ?? attributesOf(await workspace.stat(path));
    return { kind: 'attributes', attributes };
  },
});

/** Of an open handle: a file as it was opened, or as far as it is written. */
export const FSTAT = onHandle({
  act: 'fstat',
  mutates: false,
  turn: 'alone',
  read: (fields) => ({ handle: fields.string() }),
  async run(_request, handle, { workspace }) {
    const attributes: Attributes =
      handle.kind === 'listing' ? attributesOf(await workspace.stat(handle.path)) : handle.attributes;
    return { kind: 'attributes', attributes };
  },
});

/** Dates and sizes; permissions and owners are accepted and forgotten. */
export const SETSTAT = onPath({
  act: 'setstat',
  mutates: true,
  read: (fields) => ({ path: parseClientPath(fields.string()), attributes: readAttributes(fields) }),
  async run({ path, attributes }, context) {
    const writing = context.overlay.find(path);
    if (!writing) return setStored(path, attributes, context);
    if (attributes.modifiedAt) writing.setModifiedAt(attributes.modifiedAt);
    const { sizeBytes } = attributes;
    if (sizeBytes !== undefined)
      await inside(writing.turnstile.enterAlone(), () => writing.truncate(sizeBytes));
    return OK;
  },
});

/** The same for an open handle: what it changes is published with CLOSE. */
export const FSETSTAT = onHandle({
  act: 'fsetstat',
  mutates: true,
  turn: 'alone',
  read: (fields) => ({ handle: fields.string(), attributes: readAttributes(fields) }),
  async run({ attributes }, handle) {
    if (handle.kind === 'writing') {
      if (attributes.sizeBytes !== undefined) await handle.truncate(attributes.sizeBytes);
      if (attributes.modifiedAt) handle.setModifiedAt(attributes.modifiedAt);
    } else if (attributes.sizeBytes !== undefined)
      throw new StorageError('forbidden', 'This handle is not open for writing.', { reason: 'handle' });
    return OK;
  },
});

/** A folder's handle for READDIR. */
export const OPENDIR = onPath({
  act: 'opendir',
  mutates: false,
  isQuiet: true,
  read: (fields) => ({ path: parseClientPath(fields.string()) }),
  async run({ path }, { handles, workspace, overlay, clock }) {
    handles.assertRoom();
    if ((await workspace.stat(path)).kind !== 'directory')
      throw new StorageError('not-a-directory', 'This is a file, not a folder.', {
        subject: formatPath(path),
      });
    const entries = workspace.list(path);
    const overlaid = new Map([...(await parkedInside(path, workspace)), ...overlay.inside(path)]);
    const listing = createListing({ path, entries, overlaid, clock });
    return { kind: 'handle', handle: handles.add(listing) };
  },
});

/** The next names of a folder, as many as one answer may hold. */
export const READDIR = onHandle({
  act: 'readdir',
  mutates: false,
  turn: 'alone',
  read: (fields) => ({ handle: fields.string() }),
  async run(_request, handle) {
    if (handle.kind !== 'listing')
      throw new StorageError('invalid-input', 'This handle is not a folder.', { reason: 'handle' });
    const names = await handle.next();
    return names ? { kind: 'names', names } : END_OF_FILE;
  },
});

/** An absolute path by text alone, whether or not there is anything under it. */
export const REALPATH = onPath({
  act: 'realpath',
  mutates: false,
  isQuiet: true,
  read: (fields) => ({ path: parseClientPath(fields.string()) }),
  async run({ path }, { clock }) {
    const name = formatPath(path);
    const attributes: Attributes = { kind: 'directory', sizeBytes: 0, modifiedAt: clock.now() };
    return { kind: 'names', names: [{ name, longname: name, attributes }] };
  },
});

/** A new folder; its attributes are ignored. */
export const MKDIR = onPath({
  act: 'mkdir',
  mutates: true,
  read: (fields) => {
    const request = { path: parseClientPath(fields.string()) };
    readAttributes(fields);
    return request;
  },
  async run({ path }, { workspace }) {
    await workspace.createDirectory(path);
    return OK;
  },
});

/** An empty folder goes; one with content is a failure. */
export const RMDIR = onPath({
  act: 'rmdir',
  mutates: true,
  read: (fields) => ({ path: parseClientPath(fields.string()) }),
  async run({ path }, { workspace }) {
    await workspace.removeDirectory(path);
    return OK;
  },
});

/** A file goes; a folder is a failure. */
export const REMOVE = onPath({
  act: 'remove',
  mutates: true,
  read: (fields) => ({ path: parseClientPath(fields.string()) }),
  waitsFor: ({ path }) => ({ names: [path], isNeeded: true }),
  async run({ path }, { workspace }) {
    const entry = await statOrDiscard(path, workspace);
    if (!entry) return OK;
    if (entry.kind === 'directory')
      throw new StorageError('is-a-directory', 'This is a folder: remove it with rmdir.', {
        subject: formatPath(path),
      });
    // The condition keeps a folder that took the file's place in between from going with all it holds.
    await workspace.remove(path, { ifMatch: entry.etag });
    return OK;
  },
});

/** Version 3 has it fail when the new name exists; posix-rename@openssh.com replaces. */
export const RENAME = renaming({ overwrite: false });
/** posix-rename@openssh.com: the same, in place of what was there. */
export const POSIX_RENAME = renaming({ overwrite: true });

function renaming(options: { readonly overwrite: boolean }) {
  return onPath({
    act: 'rename',
    mutates: true,
    read: readTwoPaths,
    waitsFor: ({ path, target }) => ({ names: [path, target], isNeeded: true }),
    async run({ path, target }, { workspace }) {
      await onWhole(path, workspace, () => workspace.move(path, target, options));
      return OK;
    },
  });
}

function readTwoPaths(fields: FieldReader): { path: VirtualPath; target: VirtualPath } {
  return { path: parseClientPath(fields.string()), target: parseClientPath(fields.string()) };
}

/** What there is to remove; where nothing is published, what lies parked under the name is thrown away. */
async function statOrDiscard(path: VirtualPath, workspace: Workspace): Promise<Entry | undefined> {
  try {
    return await workspace.stat(path);
  } catch (error) {
    const isFree = isStorageError(error, 'not-found');
    if (isFree && (await discardParked(await parkedAt(path, workspace), workspace))) return undefined;
    throw error;
  }
}

async function setStored(
  path: VirtualPath,
  { sizeBytes, modifiedAt }: RequestedAttributes,
  { workspace }: RequestContext,
): Promise<Answer> {
  const entry = await onWhole(path, workspace, () => workspace.stat(path));
  if (entry.kind === 'file' && sizeBytes !== undefined && sizeBytes !== BigInt(entry.sizeBytes)) {
    const upload = await workspace.put(path, { base: 'current', mode: 'replace' });
    try {
      await upload.truncate(toByteCount(sizeBytes));
      await upload.commit();
    } catch (error) {
      await upload.abort(error);
      throw error;
    }
  }
  // A folder's date is the moment of its last change here; clients that mirror folders set it and are left in peace.
  if (entry.kind === 'file' && modifiedAt) await workspace.setModifiedAt(path, modifiedAt);
  return OK;
}
