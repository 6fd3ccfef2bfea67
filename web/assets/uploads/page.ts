import type { depositScript } from '../../i18n/fr/deposit-script.js';

/** What scripts say; `{name}` stands for a value. */
export type ScriptWords = typeof depositScript;

/** The directory that the page shows and that takes deposits; read anew whenever it is asked for, for pages come and go. */
export interface Place {
  /** Groups first, with a leading slash. */
  readonly directory: string;
  readonly name: string;
  readonly accountId: string;
  readonly login: string;
  readonly language: string;
  /** Addresses of the icons, of the part that sends, and of the worker that reads digests. */
  readonly icons: string;
  readonly sending: string;
  readonly digest: string;
  readonly words: ScriptWords;
}

/** @returns null on a page without a place to deposit in */
export function currentPlace(): Place | null {
  const data = document.querySelector<HTMLElement>('[data-deposit-place]')?.dataset.depositPlace;
  return data === undefined ? null : JSON.parse(data);
}

/** The words with their values in place. */
export function fill(text: string, values: Readonly<Record<string, string | number>>): string {
  return text.replaceAll(/\{(\w+)\}/gu, (_, name: string) => String(values[name] ?? ''));
}

/** The form that the number asks for. */
export function count(
  language: string,
  forms: { readonly one: string; readonly other: string },
  n: number,
  values: Readonly<Record<string, string | number>> = {},
): string {
  const form = new Intl.PluralRules(language).select(n) === 'one' ? forms.one : forms.other;
  return fill(form, { n: n.toLocaleString(language), ...values });
}

/** `1,5 Go`: powers of ten, one decimal below ten, as the pages say it. */
export function size(language: string, units: readonly string[], sizeBytes: number): string {
  let value = sizeBytes;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const maximumFractionDigits = unit > 0 && value < 9.95 ? 1 : 0;
  return `${value.toLocaleString(language, { maximumFractionDigits })}\u00a0${units[unit]}`;
}
