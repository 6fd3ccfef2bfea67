import { createPlural } from '../plural.js';

const plural = createPlural('fr-FR');

/** Several files and folders of a list at once. */
export const selection = {
  label: 'Sélection',
  all: 'Tout sélectionner',
  pick: 'Sélectionner',
  one: '{n} élément sélectionné',
  other: '{n} éléments sélectionnés',
  download: 'Télécharger',
  others: (count: number) => `et ${plural(count, 'autre', 'autres')}`,
  partly: (count: number) =>
    count === 0
      ? 'Rien n’a été changé'
      : `C’est fait pour ${plural(count, 'élément', 'éléments')}, pas pour les autres`,
  refused: (count: number): string =>
    count === 1 ? 'Celui-ci est resté en place' : 'Ceux-ci sont restés en place',
  move: {
    short: 'Déplacer',
    title: (count: number) => `Déplacer ${plural(count, 'élément', 'éléments')}`,
    submit: (place: string) => `Déplacer dans «\u00a0${place}\u00a0»`,
  },
  copy: {
    short: 'Copier',
    title: (count: number) => `Copier ${plural(count, 'élément', 'éléments')}`,
    submit: (place: string) => `Copier dans «\u00a0${place}\u00a0»`,
  },
  remove: {
    short: 'Supprimer',
    title: (count: number) => `Supprimer ${plural(count, 'élément', 'éléments')}\u00a0?`,
    lead: 'Ils disparaissent de toutes les listes, pour tous les membres, les dossiers avec ce qu’ils contiennent. Vous pourrez les rétablir pendant 24 heures.',
    submit: (count: number) => `Supprimer ${plural(count, 'élément', 'éléments')}`,
  },
};
