import { StorageError } from '../storage/index.js';
import { readBody } from '../web/forms.js';
import type { MemberVisit } from '../web/routes.js';

/** The form of a list in which entries were ticked. */
export interface Ticked {
  readonly form: URLSearchParams;
  /** Each once, in the order of the list. */
  readonly ids: readonly string[];
}

const MAX_FORM_BYTES = 65_536;
const MAX_TICKED = 500;
const ID = /^[\w-]{1,64}$/u;

/** Reads a form that holds `element` once for each that was ticked. @throws StorageError invalid-input, too-large */
export async function readTicked(visit: MemberVisit): Promise<Ticked> {
  const form = new URLSearchParams((await readBody(visit.request, MAX_FORM_BYTES)).toString('utf8'));
  const ids = [...new Set(form.getAll('element'))];
  if (ids.length > MAX_TICKED || !ids.every((id) => ID.test(id)))
    throw new StorageError('invalid-input', 'A selection is at most 500 entries of one list.');
  return { form, ids };
}
