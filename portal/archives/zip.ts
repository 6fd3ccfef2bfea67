import type { Readable } from 'node:stream';
import { ZipFile } from 'yazl';
import type { FileEntry } from '../../storage/index.js';
import type { ArchiveMember } from './members.js';

/** Opens a file of the archive; its bytes are read, or destroyed. */
export type OpenFile = (file: FileEntry) => Promise<Readable>;

/** An archive that is made while it is read. */
export interface Zip {
  readonly sizeBytes: number;
  /** The bytes, each file being opened when its turn comes; fails with what opening or reading a file failed with. */
  read(open: OpenFile): Readable;
}

/** Of the central directory, per entry: its fixed part, the date, and the part for large files (APPNOTE.TXT 4.3.12, 4.5.3). */
const ENTRY_BYTES = 46 + 9 + 28;

/**
 * Files go in as they are, one after the other, so that the length is known before the first byte: what is deposited is mostly
 * compressed already. Names are UTF-8; beyond 4 GiB it is a zip64 archive.
 */
export async function zipOf(members: readonly ArchiveMember[]): Promise<Zip> {
  const zip = new ZipFile();
  const output = zip.outputStream as Readable;
  let start = (_open: OpenFile) => {};
  // The library asks for the first file as soon as it hears of it.
  const opener = new Promise<OpenFile>((resolve) => {
    start = resolve;
  });
  for (const { path, entry } of members) {
    if (entry.kind === 'directory') zip.addEmptyDirectory(path, { mtime: entry.modifiedAt });
    else addFile(zip, path, entry, opener);
  }
  const sizeBytes = await end(zip, members);
  return {
    sizeBytes,
    read(open) {
      start(open);
      return output;
    },
  };
}

function addFile(zip: ZipFile, path: string, file: FileEntry, opener: Promise<OpenFile>): void {
  const output = zip.outputStream as Readable;
  const fail = (error: Error) => output.destroy(error);
  const options = { mtime: file.modifiedAt, compress: false, size: file.sizeBytes };
  zip.addReadStreamLazy(path, options, (give) => {
    opener
      .then((open) => open(file))
      .then((bytes) => {
        bytes.once('error', fail);
        output.once('close', () => bytes.destroy());
        if (output.destroyed) bytes.destroy();
        else give(null, bytes);
      })
      .catch(fail);
  });
}

/** @returns the length. From 64 KiB of directory on the library counts the zip64 end in, and writes it only when told to. */
function end(zip: ZipFile, members: readonly ArchiveMember[]): Promise<number> {
  const directoryBytes = members.reduce(
    (sum, { path }) => sum + ENTRY_BYTES + Buffer.byteLength(path) + 1,
    0,
  );
  const forceZip64Format = directoryBytes >= 0xffff;
  return new Promise((resolve) => {
    // Its types do not know what it calls back with.
    const calculated = resolve as (sizeBytes: number) => void;
    zip.end({ forceZip64Format, comment: '' }, calculated as () => void);
  });
}
