import { createPlural } from '../plural.js';

const plural = createPlural('fr-FR');

/** Looking for files and folders of a group by name. */
export const search = {
  short: 'Recherche',
  label: 'Chercher un nom dans ce groupe',
  submit: 'Chercher',
  title: (text: string, group: string) => `«\u00a0${text}\u00a0» dans ${group}`,
  found: (count: number, isCut: boolean) =>
    isCut
      ? `Plus de ${plural(count, 'résultat', 'résultats')}\u00a0: précisez le nom.`
      : plural(count, 'résultat', 'résultats'),
  place: 'Dossier',
  bad: 'Écrivez de 2 à 100 caractères.',
  nothing: 'Aucun fichier ni dossier de ce nom',
  nothingText:
    'La recherche ne tient compte ni des accents ni des majuscules. Essayez une partie plus courte du nom.',
};
