import { createPlural } from '../plural.js';

const plural = createPlural('fr-FR');

/** The pages of partners and agents. */
export const portal = {
  navigation: {
    home: 'Accueil',
    groups: 'Espace commun',
    groupsShort: 'Groupes',
    drive: 'Lecteur réseau',
    driveShort: 'Lecteur',
    administration: 'Administration',
  },
  home: {
    hello: (firstName: string) => `Bonjour ${firstName}`,
    lead: (day: string, files: number) =>
      files === 0
        ? `${day}. Rien de nouveau depuis votre dernière visite.`
        : `${day}. Voici ce que vos groupes vous remettent.`,
    cards: {
      deposit: {
        title: 'Déposer des fichiers',
        text: 'Choisissez le groupe : ses membres sont prévenus par mail.',
      },
      groups: { title: 'Espace commun', text: 'Les dossiers de vos groupes de travail.' },
      history: { title: 'Historique d’activité', text: 'Qui a déposé, qui a retiré, et quand.' },
      drive: { title: 'Lecteur réseau', text: 'Vos groupes dans l’explorateur de fichiers.' },
    },
    recent: 'Derniers dépôts',
    deposited: 'a déposé',
    youDeposited: 'avez déposé',
    you: 'Vous',
    see: 'Voir',
    seeFile: (name: string) => `Voir ${name}`,
    noGroups: 'Vous n’êtes membre d’aucun groupe',
    noGroupsText: 'Un gestionnaire peut vous ajouter à un groupe\u00a0; un mail vous l’annoncera.',
    noGroupsAdministrator:
      'Administrer ne donne pas accès aux fichiers\u00a0: pour en voir, ajoutez-vous à un groupe.',
    toAdministration: 'Ouvrir l’administration',
  },
  news: {
    count: (files: number) => `\u00a0: ${plural(files, 'nouveau fichier', 'nouveaux fichiers')}`,
    takeAll: (size: string) => `Tout télécharger · ${size}`,
    takeNew: (size: string) => `Nouveautés · ${size}`,
    takeLabel: (shown: string, group: string, files: number) =>
      `${shown}, ${plural(files, 'nouveau fichier', 'nouveaux fichiers')} de ${group} (zip)`,
    others: (files: number) => plural(files, 'autre nouveau fichier', 'autres nouveaux fichiers'),
    archive: (group: string | undefined) => (group === undefined ? 'Nouveautés' : `${group} - nouveautés`),
  },
  group: {
    isNew: 'Nouveau',
    heldBy: (name: string) => `En cours de modification par ${name}`,
    heldByYou: 'En cours de modification par vous',
    holdsNew: (files: number) => plural(files, 'nouveau', 'nouveaux'),
    title: 'Espace commun',
    lead: (count: number) => `${plural(count, 'groupe', 'groupes')}. Chacun ne voit que les siens.`,
    files: (count: number) => plural(count, 'fichier', 'fichiers'),
    filesOrMore: (count: number) => `plus de ${plural(count, 'fichier', 'fichiers')}`,
    folders: (count: number) => plural(count, 'dossier', 'dossiers'),
    empty: 'vide',
    lastDeposit: 'dernier dépôt',
    name: 'Nom',
    deposited: 'Déposé',
    size: 'Taille',
    download: 'Téléchargement',
    downloadFile: (name: string, size: string) => `Télécharger ${name}, ${size}`,
    downloadFolder: (name: string) => `Télécharger le dossier ${name} et ce qu’il contient (zip)`,
    folder: 'Dossier',
    pending: 'dépôt en cours, visible de vous seul',
    emptyTitle: 'Rien à retirer, rien en attente',
    emptyText: 'Ce dossier est vide. Un mail vous préviendra dès qu’un fichier y arrive.',
    range: (from: number, to: number, count: string) => `${from} à ${to} sur ${count}`,
    sort: 'Trier par',
    used: (used: string, quota: string) => `${used} sur ${quota}`,
  },
  file: {
    depositedBy: 'Déposé par',
    held: 'Vous pouvez le télécharger. Le remplacer, le renommer ou le supprimer attendra qu’il soit refermé.',
    heldByYou:
      'Un programme le tient ouvert pour vous. Le remplacer, le renommer ou le supprimer attendra que vous l’ayez refermé.',
    depositedByYou: 'Déposé par vous',
    download: (size: string) => `Télécharger · ${size}`,
    seeFolder: 'Voir le dossier',
    journey: 'Le parcours de ce fichier',
    verified: 'Vérifié',
    verifiedText: 'octet par octet, à l’arrivée',
    toHandOver: 'À retirer',
    toHandOverYou: 'par vous, ci-dessus',
    toHandOverOthers: 'par les membres de l’autre côté',
    erased: 'Effacé',
    erasedText: 'quand un membre l’efface',
    fingerprint: 'Empreinte SHA-256',
    fingerprintText: (name: string) =>
      `Elle identifie ce fichier à l’octet près. Calculez-la chez vous\u00a0: la même empreinte, c’est exactement le fichier que ${name} a déposé.`,
    fingerprintYou:
      'Elle identifie ce fichier à l’octet près. Calculez-la chez vous\u00a0: la même empreinte, c’est exactement le fichier que vous avez déposé.',
    copyFingerprint: 'Copier l’empreinte',
    kinds: {
      pdf: 'document PDF',
      sheet: 'tableur',
      text: 'texte',
      document: 'document',
      slides: 'présentation',
      archive: 'archive',
      image: 'image',
      other: 'fichier',
    },
  },
};
