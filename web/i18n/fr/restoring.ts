import { createPlural } from '../plural.js';

const plural = createPlural('fr-FR');

/** What was deleted lately and can come back. */
export const restoring = {
  short: 'Supprimés récemment',
  title: (group: string) => `Supprimés récemment dans «\u00a0${group}\u00a0»`,
  lead: 'Pendant 24 heures, ce qui a été supprimé peut revenir à sa place. Ensuite, c’est définitif.',
  place: 'Dossier',
  by: 'Supprimé par',
  until: 'Peut revenir jusqu’à',
  folder: 'Dossier, avec son contenu',
  /** In place of a name that is not known any more. */
  gone: 'Cet élément',
  restore: 'Rétablir',
  restoreOne: (name: string) => `Rétablir ${name}`,
  submit: 'Rétablir ce qui est coché',
  refused: (count: number) => `${plural(count, 'élément n’a', 'éléments n’ont')} pas pu revenir`,
  nothing: 'Rien n’a été supprimé depuis 24 heures',
  nothingText:
    'Un gestionnaire voit ici tout ce qui a été supprimé dans le groupe, les autres membres ce qu’ils ont supprimé eux-mêmes.',
};
