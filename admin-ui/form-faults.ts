import { isStorageError } from '../storage/index.js';
import type { Words } from '../web/i18n/words.js';

/** What is said under each field, by the field's name. */
export type Faults = ReadonlyMap<string, string>;

/** A form that was not sent yet, or in which all is well. */
export const NO_FAULTS: Faults = new Map();

type FaultKey = keyof Words['forms']['faults'];

/** Which field and sentence stand for a refusal of storage. `taken` is the sentence for `already-exists`. */
export interface FaultTable {
  /** By the reason of an `invalid-input` or `invalid-path`. */
  readonly reasons: Readonly<Record<string, { readonly field: string; readonly fault: FaultKey }>>;
  readonly taken: { readonly field: string; readonly fault: FaultKey };
}

/** The refusal at its field, or undefined for an error that no field can mend. */
export function faultsOf(error: unknown, table: FaultTable, words: Words): Faults | undefined {
  if (!isStorageError(error)) return undefined;
  const place = error.code === 'already-exists' ? table.taken : placeOf(error.code, error.reason, table);
  return place === undefined ? undefined : new Map([[place.field, words.forms.faults[place.fault]]]);
}

function placeOf(code: string, reason: string | undefined, table: FaultTable) {
  if (code !== 'invalid-input' && code !== 'invalid-path') return undefined;
  return table.reasons[reason ?? ''];
}
