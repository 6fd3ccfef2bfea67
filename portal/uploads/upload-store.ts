import type { Readable } from 'node:stream';
import { DataStore, Upload as TusUpload } from '@tus/server';
import { type FileEntry, StorageError, type Upload, type Workspace } from '../../storage/index.js';
import { openDeposit } from './open-deposit.js';
import type { OpenUpload, OpenUploads } from './open-uploads.js';
import { parseUploadMetadata } from './upload-metadata.js';

/** What one request has to do with an upload. */
export interface StoreOptions {
  readonly workspace: Workspace;
  readonly uploads: OpenUploads;
  /** The SHA-256 the whole file must have, where this request tells it (RFC 9530). */
  readonly expectedSha256: string | undefined;
  /** Hears of a file that is published: only then has the client its proof. */
  readonly onStored: (file: FileEntry) => void;
}

/**
 * The tus protocol's store over a workspace: what comes is staged, sealed, counted and refused as on every other door, and the last
 * byte publishes it. Throws StorageError; the server above maps it.
 */
export class UploadStore extends DataStore {
  readonly #options: StoreOptions;
  readonly #accountId: string;

  constructor(options: StoreOptions) {
    super();
    this.extensions = ['creation', 'creation-with-upload', 'termination'];
    this.#options = options;
    this.#accountId = options.workspace.session.account.id;
  }

  /** POST: admits the deposit. The upload's id is storage's own, so that a parked one is found again. */
  override async create(tus: TusUpload): Promise<TusUpload> {
    const { workspace, uploads } = this.#options;
    if (tus.size === undefined) throw new StorageError('invalid-input', 'The size is not known.');
    const metadata = parseUploadMetadata(tus.metadata);
    uploads.assertRoom(this.#accountId);
    const upload = await openDeposit(workspace, { ...metadata, sizeBytes: tus.size });
    const open = { accountId: this.#accountId, sizeBytes: tus.size, upload };
    uploads.add(open);
    tus.id = upload.id;
    if (tus.size === 0) await this.#commit(open);
    else uploads.rest(upload.id);
    return tus;
  }

  /** The body of a POST or PATCH. @returns the offset it got to, also when it broke off: the client asks where to go on */
  override async write(body: Readable, id: string, offset: number): Promise<number> {
    const { uploads } = this.#options;
    const open = uploads.find(id, this.#accountId) ?? (await this.#resume(id));
    uploads.work(id);
    try {
      let at = offset;
      for await (const chunk of body as AsyncIterable<Buffer>) {
        await this.#take(open, chunk, at);
        at += chunk.length;
      }
      if (at === open.sizeBytes) await this.#commit(open);
      return at;
    } finally {
      uploads.rest(id);
    }
  }

  /** HEAD, and before a PATCH. @throws not-found for another's, for one that ran out, and for one too short to be kept */
  override async getUpload(id: string): Promise<TusUpload> {
    const { uploads, workspace, onStored } = this.#options;
    const open = uploads.find(id, this.#accountId);
    if (open) {
      uploads.rest(id);
      return new TusUpload({ id, size: open.sizeBytes, offset: open.upload.sizeBytes });
    }
    const stored = uploads.findStored(id, this.#accountId);
    if (stored) {
      onStored(stored.file);
      return new TusUpload({ id, size: stored.sizeBytes, offset: stored.sizeBytes });
    }
    const parked = (await workspace.uploads({ state: 'parked' })).find((one) => one.id === id);
    if (!parked || parked.declaredSizeBytes === null) throw noSuchUpload();
    return new TusUpload({ id, size: parked.declaredSizeBytes, offset: parked.receivedBytes });
  }

  /** DELETE: what came is thrown away. */
  override async remove(id: string): Promise<void> {
    const { uploads, workspace } = this.#options;
    const open = uploads.find(id, this.#accountId);
    if (!open) return workspace.discard(id);
    uploads.forget(id);
    await open.upload.abort(new StorageError('aborted', 'Its sender gave it up.', { reason: 'discarded' }));
  }

  async #resume(id: string): Promise<OpenUpload> {
    const { uploads, workspace } = this.#options;
    const { size } = await this.getUpload(id);
    uploads.assertRoom(this.#accountId);
    const open = { accountId: this.#accountId, sizeBytes: size ?? 0, upload: await workspace.resume(id) };
    uploads.add(open);
    return open;
  }

  async #take(open: OpenUpload, chunk: Buffer, offset: number): Promise<void> {
    try {
      await open.upload.write(chunk, offset);
    } catch (error) {
      await this.#end(open.upload, error);
      throw error;
    }
  }

  async #commit({ upload }: OpenUpload): Promise<void> {
    const { uploads, expectedSha256, onStored } = this.#options;
    if (expectedSha256 !== undefined) upload.expectSha256(expectedSha256);
    try {
      const file = await upload.commit();
      uploads.store(upload.id, file);
      onStored(file);
    } catch (error) {
      await this.#end(upload, error);
      throw error;
    }
  }

  async #end(upload: Upload, error: unknown): Promise<void> {
    this.#options.uploads.forget(upload.id);
    await upload.abort(error);
  }
}

function noSuchUpload(): StorageError {
  return new StorageError('not-found', 'There is no such upload, or it is over.');
}
