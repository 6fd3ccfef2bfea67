import type { StorageError, StorageErrorCode } from '../storage/index.js';
import type { Words } from './i18n/words.js';

/** A refusal as our own scripts hear it: what to branch on, and what to show. */
export interface Explanation {
  readonly code: StorageErrorCode;
  readonly reason: string | null;
  readonly sentence: string;
}

/** Says in the visitor's language which rule refused. */
export function explain(error: StorageError, { refusals }: Words): Explanation {
  const { code, reason } = error;
  const sentence = (reason === undefined ? undefined : refusals.reasons[reason]) ?? refusals.codes[code];
  return { code, reason: reason ?? null, sentence };
}
