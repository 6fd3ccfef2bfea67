/** A published blob as a listing shows it; `sizeBytes` counts sealed bytes. */
export interface StoredBlob {
  readonly id: string;
  readonly sizeBytes: number;
  readonly storedAt: Date;
}

/** Bytes not yet committed, parked ones too, as a listing shows them; `touchedAt` is the last write. */
export interface StagedBlob {
  readonly id: string;
  readonly touchedAt: Date;
}

/**
 * Holds immutable *sealed* bytes under random ids (UUIDs, lower case); knows neither keys nor plain text.
 * @throws no-space (reason `disk`) when the device or its quota is full, unavailable when it refuses for now
 */
export interface BlobStore {
  /** A fresh random id (UUID version 4), chosen so that the blob lies well beside those begun in the same moment. */
  newId(): string;
  /** Begins a blob; the caller ends it with `publish`, `park` or `discard`. Rejects for an id that is staged. */
  stage(id: string): Promise<Staged>;
  /** Goes on with what was parked, or left behind by a process that died. @throws corrupt (reason `missing`) */
  resume(id: string): Promise<Staged>;
  /**
   * Opens a published blob; the caller closes it. A short one may be read at once, if it is as long as is said to be expected.
   * @throws corrupt, reason `missing` or `unreadable`
   */
  open(id: string, expectedBytes?: number): Promise<BlobReader>;
  /** Removes a published blob; an absent one is a success. */
  remove(id: string): Promise<void>;
  list(): AsyncIterable<StoredBlob>;
  listStaged(): AsyncIterable<StagedBlob>;
  /** Removes what was parked or left behind by a process that died; absent is a success. */
  discardStaged(id: string): Promise<void>;
}

/** Sealed bytes on their way. After a failed write or sync it publishes nothing any more: the kernel may have dropped pages. */
export interface Staged {
  write(bytes: Buffer, offset: number): Promise<void>;
  /** Shorter than asked only at the end. */
  read(offset: number, length: number): Promise<Buffer>;
  truncate(sizeBytes: number): Promise<void>;
  /** Makes the bytes written so far durable, so that `publish` has little left to do. */
  sync(): Promise<void>;
  /** Durable and in place when it resolves; not there at all, once discarded, when it rejects, as it does for an id in use. */
  publish(): Promise<void>;
  /** Makes the bytes and their name durable and lets go of them; nothing is done here any more, `resume` opens them again. */
  park(): Promise<void>;
  /** Throws the bytes away; without effect on what was published or parked. May be called again. */
  discard(): Promise<void>;
}

/** A published blob opened for reading; a removal does not disturb it. */
export interface BlobReader {
  /** Sealed bytes. */
  readonly sizeBytes: number;
  /**
   * Shorter than asked only at the end. `into`, of at least `length` bytes, is lent to the answer, which may lie in it.
   * @throws corrupt, reason `unreadable`, when the device fails
   */
  read(offset: number, length: number, into?: Buffer): Promise<Buffer>;
  close(): Promise<void>;
}

const BLOB_ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** True for a lower-case UUID: the only names that ever become file names. */
export function isBlobId(text: string): boolean {
  return BLOB_ID.test(text);
}

/** Throws a plain Error, a bug of the caller, for anything that is not a blob id. */
export function assertBlobId(id: string): void {
  if (!isBlobId(id)) throw new Error('A blob id must be a lower-case UUID.');
}
