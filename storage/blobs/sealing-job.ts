import { type BlobSecrets, createBlobSealer, type FrameBatch, type HashedContent } from './blob-sealer.js';

/** A `BlobSealer`, wherever it runs: what it is told takes effect in its order. Who begins a job ends it, by `finish` or `end`. */
export interface SealingJob {
  /** Frames and target are the job's until the promise settles, or for good when it rejects. */
  seal(batch: FrameBatch, into: Buffer, isNext: boolean): Promise<void>;
  hash(sealed: Buffer, firstIndex: number, endsFile: boolean): Promise<void>;
  restart(): void;
  finish(): Promise<HashedContent>;
  /** Everything told later rejects. May be called again, after `finish` too. */
  end(): void;
}

/** Seals on the thread it is called on, at once. */
export function sealHere(secrets: BlobSecrets): SealingJob {
  const sealer = createBlobSealer(secrets);
  return {
    async seal(batch, into, isNext) {
      sealer.seal(batch, into, isNext);
    },
    async hash(sealed, firstIndex, endsFile) {
      sealer.hash(sealed, firstIndex, endsFile);
    },
    restart: sealer.restart,
    finish: async () => sealer.finish(),
    end() {},
  };
}
