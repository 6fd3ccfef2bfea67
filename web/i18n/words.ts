import type { Language } from '../../storage/index.js';
import { en } from './en.js';
import { fr } from './fr.js';

/** Everything the pages say. French is the source: a sentence English lacks does not compile. */
export type Words = typeof fr;

const CATALOGUES: Readonly<Record<Language, Words>> = { fr, en };

/** The catalogue of a language. */
export function wordsFor(language: Language): Words {
  return CATALOGUES[language];
}
