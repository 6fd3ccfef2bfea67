import { isStorageError } from '../storage/index.js';
import type { Words } from '../web/i18n/words.js';
import type { Visit } from '../web/routes.js';

/** What is said under each field, by the field's name. */
export type Faults = ReadonlyMap<string, string>;

/** A form that was not sent yet, or in which all is well. */
export const NO_FAULTS: Faults = new Map();

/** The password of the form and what two fields alone can tell; storage judges the rest. */
export function readNewPassword(visit: Visit): { readonly password: string; readonly faults: Faults } {
  const words = visit.words.forms.faults;
  const password = visit.form.get('password') ?? '';
  const faults = new Map<string, string>();
  if (password === '') faults.set('password', words.required);
  else if (password !== visit.form.get('confirmation')) faults.set('confirmation', words.confirmation);
  return { password, faults };
}

/** What storage found wrong with it, in words; undefined for any other error. */
export function passwordFault(error: unknown, words: Words): Faults | undefined {
  if (!isStorageError(error, 'invalid-input') || !error.reason?.startsWith('password')) return undefined;
  const known = words.forms.faults;
  const { reason } = error;
  return new Map([['password', isFaultKey(reason, known) ? known[reason] : known.password]]);
}

function isFaultKey<Known extends object>(reason: string, known: Known): reason is string & keyof Known {
  return Object.hasOwn(known, reason);
}
