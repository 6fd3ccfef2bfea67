/** What one does with a file or folder of a group. */
export const entryActs = {
  otherActs: 'Autres actions',
  menuTitle: (name: string) => `Que faire de «\u00a0${name}\u00a0»\u00a0?`,
  menuLead: 'Chaque action est inscrite dans l’historique du groupe.',
  details: 'Voir la page du fichier',
  open: 'Ouvrir le dossier',
  download: 'Télécharger',
  downloadFolder: 'Télécharger le dossier (zip)',
  name: 'Nom',
  newFolder: {
    short: 'Nouveau dossier',
    title: (place: string) => `Nouveau dossier dans «\u00a0${place}\u00a0»`,
    lead: 'Les membres du groupe le verront aussitôt.',
    submit: 'Créer le dossier',
  },
  rename: {
    short: 'Renommer',
    title: (name: string) => `Renommer «\u00a0${name}\u00a0»`,
    lead: 'Les liens déjà envoyés par mail mènent toujours ici.',
    submit: 'Renommer',
  },
  move: {
    short: 'Déplacer',
    title: (name: string) => `Déplacer «\u00a0${name}\u00a0»`,
    submit: (place: string) => `Déplacer dans «\u00a0${place}\u00a0»`,
  },
  copy: {
    short: 'Copier',
    title: (name: string) => `Copier «\u00a0${name}\u00a0»`,
    submit: (place: string) => `Copier dans «\u00a0${place}\u00a0»`,
  },
  choose: (place: string) => `Vous êtes dans «\u00a0${place}\u00a0». Ouvrez un autre dossier, ou restez ici.`,
  chooseRoot: 'Choisissez d’abord un groupe.',
  folders: 'Dossiers',
  noFolders: 'Il n’y a pas de dossier ici.',
  up: 'Remonter',
  remove: {
    short: 'Supprimer',
    title: (name: string) => `Supprimer «\u00a0${name}\u00a0»\u00a0?`,
    file: 'Il disparaît de toutes les listes, pour tous les membres. Vous pourrez le rétablir pendant 24 heures.',
    folder:
      'Le dossier et tout ce qu’il contient disparaissent de toutes les listes, pour tous les membres. Vous pourrez les rétablir pendant 24 heures.',
    submit: 'Supprimer',
  },
};
