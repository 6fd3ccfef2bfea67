import { type FileEntry, StorageError, type Upload } from '../../storage/index.js';

/** An upload between its requests: tus sends one file in several. */
export interface OpenUpload {
  readonly accountId: string;
  readonly sizeBytes: number;
  readonly upload: Upload;
}

/** One that is published, remembered for a client that did not hear of it. */
export interface StoredUpload {
  readonly accountId: string;
  readonly sizeBytes: number;
  readonly file: FileEntry;
}

/** What browsers are sending, by the id of the upload; another account's are not found. */
export interface OpenUploads {
  /** @throws throttled (reason `open-uploads`) */
  assertRoom(accountId: string): void;
  add(open: OpenUpload): void;
  find(id: string, accountId: string): OpenUpload | undefined;
  /** Takes it out of the idle watch while a request works on it; `rest` puts it back. */
  work(id: string): void;
  rest(id: string): void;
  /** It ended without being published. */
  forget(id: string): void;
  /** It is published. */
  store(id: string, file: FileEntry): void;
  findStored(id: string, accountId: string): StoredUpload | undefined;
}

export interface OpenUploadsLimits {
  /** One that no request works on for so long is parked. */
  readonly idleMs: number;
  /** A published one is remembered for so long. */
  readonly rememberMs: number;
  readonly perAccount: number;
  readonly inAll: number;
}

const LIMITS: OpenUploadsLimits = { idleMs: 60_000, rememberMs: 600_000, perAccount: 64, inAll: 1000 };
const MAX_STORED = 10_000;

/**
 * Keeps them in memory: a daemon that dies leaves their bytes to the next start, which parks them. What is parked goes on through
 * `Workspace.resume`.
 */
export function createOpenUploads(limits: OpenUploadsLimits = LIMITS): OpenUploads {
  return new Registry(limits);
}

class Registry implements OpenUploads {
  readonly #open = new Map<string, OpenUpload & { idle?: NodeJS.Timeout }>();
  readonly #stored = new Map<string, StoredUpload & { readonly until: number }>();
  readonly #counts = new Map<string, number>();
  readonly #limits: OpenUploadsLimits;

  constructor(limits: OpenUploadsLimits) {
    this.#limits = limits;
  }

  assertRoom(accountId: string): void {
    const own = this.#counts.get(accountId) ?? 0;
    if (own < this.#limits.perAccount && this.#open.size < this.#limits.inAll) return;
    throw new StorageError('throttled', 'Too many files are being sent at once.', {
      reason: 'open-uploads',
      retryAfterSeconds: 2,
    });
  }

  add(open: OpenUpload): void {
    this.#open.set(open.upload.id, { ...open });
    this.#counts.set(open.accountId, (this.#counts.get(open.accountId) ?? 0) + 1);
  }

  find(id: string, accountId: string): OpenUpload | undefined {
    const open = this.#open.get(id);
    return open?.accountId === accountId ? open : undefined;
  }

  work(id: string): void {
    clearTimeout(this.#open.get(id)?.idle);
  }

  rest(id: string): void {
    const open = this.#open.get(id);
    if (!open) return;
    clearTimeout(open.idle);
    open.idle = setTimeout(() => void this.#park(id), this.#limits.idleMs);
    open.idle.unref();
  }

  forget(id: string): void {
    const open = this.#open.get(id);
    if (!open) return;
    clearTimeout(open.idle);
    this.#open.delete(id);
    const others = (this.#counts.get(open.accountId) ?? 1) - 1;
    if (others > 0) this.#counts.set(open.accountId, others);
    else this.#counts.delete(open.accountId);
  }

  store(id: string, file: FileEntry): void {
    const open = this.#open.get(id);
    if (!open) return;
    this.forget(id);
    const { accountId, sizeBytes } = open;
    this.#sweepStored();
    this.#stored.set(id, { accountId, sizeBytes, file, until: performance.now() + this.#limits.rememberMs });
  }

  findStored(id: string, accountId: string): StoredUpload | undefined {
    const stored = this.#stored.get(id);
    return stored && stored.accountId === accountId && stored.until > performance.now() ? stored : undefined;
  }

  async #park(id: string): Promise<void> {
    const open = this.#open.get(id);
    this.forget(id);
    await open?.upload.park();
  }

  /** The oldest stand first. */
  #sweepStored(): void {
    const now = performance.now();
    for (const [id, { until }] of this.#stored) {
      if (until > now && this.#stored.size < MAX_STORED) return;
      this.#stored.delete(id);
    }
  }
}
