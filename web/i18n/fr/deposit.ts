import { createPlural } from '../plural.js';
import { depositScript } from './deposit-script.js';

const plural = createPlural('fr-FR');

/** Depositing in the browser: the button, the page without scripts, « Dépôts en cours ». */
export const deposit = {
  button: 'Déposer',
  files: 'Des fichiers',
  folder: 'Un dossier entier',
  newFolder: 'Nouveau dossier',
  choose: {
    title: 'Dans quel groupe déposer\u00a0?',
    lead: 'Seuls ses membres verront vos fichiers. Un mail les préviendra.',
    noneTitle: 'Aucun groupe où déposer',
    none: 'Votre rôle permet de lire, pas de déposer. Un gestionnaire peut le changer.',
  },
  page: {
    title: (place: string) => `Déposer dans «\u00a0${place}\u00a0»`,
    lead: 'Choisissez un ou plusieurs fichiers. Chacun est vérifié octet par octet à l’arrivée.',
    files: 'Fichiers',
    clash: 'Si un fichier de ce nom est déjà là',
    clashes: { none: 'Ne rien changer', replace: 'Le remplacer', keepBoth: 'Garder les deux' },
    send: 'Déposer',
    done: (count: number) => `${plural(count, 'fichier déposé', 'fichiers déposés')}.`,
    refused: 'Ces fichiers n’ont pas été déposés',
    refusal: (name: string, why: string) => `${name}\u00a0: ${why}`,
    nothing: 'Choisissez d’abord un fichier.',
    back: 'Revenir au dossier',
  },
  pending: {
    title: 'Dépôts en cours',
    short: 'Dépôts',
    lead: (count: number) =>
      count === 0
        ? 'Tout ce que vous avez envoyé est arrivé.'
        : plural(
            count,
            'dépôt n’est pas terminé. Personne d’autre ne le voit.',
            'dépôts ne sont pas terminés. Personne d’autre ne les voit.',
          ),
    file: 'Fichier',
    progress: 'Avancement',
    since: 'Commencé',
    acts: 'Actions',
    of: (received: string, size: string) => `${received} sur ${size}`,
    underWay: 'en cours d’envoi',
    parked: (until: string) => `interrompu · effacement prévu\u00a0: ${until}`,
    stale: 'interrompu · le fichier de ce nom a changé depuis, recommencez',
    discard: 'Abandonner',
    discardOne: (name: string) => `Abandonner le dépôt de ${name}`,
    howTitle: 'Reprendre un dépôt interrompu',
    how: 'Ouvrez le dossier et déposez de nouveau le même fichier\u00a0: l’envoi reprend là où il s’était arrêté.',
    emptyTitle: 'Aucun dépôt en cours',
    emptyText:
      'Un envoi interrompu attend ici une journée\u00a0: rien n’est perdu, vous le reprenez quand vous voulez.',
    toGroups: 'Voir mes groupes',
  },
  script: depositScript,
};
