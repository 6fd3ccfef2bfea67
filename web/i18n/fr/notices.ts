/** Said once, on the page after an act; `subject` is whom or what it was about. */
export const notices = {
  'signed-out': (_subject: string) => 'Vous êtes déconnecté. À bientôt.',
  'session-ended': (_subject: string) => 'Votre session a pris fin. Reconnectez-vous pour continuer.',
  'password-chosen': (_subject: string) => 'Votre mot de passe est enregistré. Vous voici chez vous.',
  'set-up': (subject: string) => `PEPS est prêt pour ${subject}. Créez un premier groupe.`,
  'group-created': (subject: string) => `Le groupe «\u00a0${subject}\u00a0» est créé. Ajoutez-y ses membres.`,
  'manifests-on': (subject: string) =>
    `Dans «\u00a0${subject}\u00a0», les comptes de service déposent maintenant avec un manifeste.`,
  'manifests-off': (subject: string) =>
    `Dans «\u00a0${subject}\u00a0», les comptes de service déposent maintenant sans manifeste.`,
  'member-invited': (subject: string) =>
    `${subject} est invité\u00a0: un mail d’activation part vers cette adresse.`,
  'member-added': (subject: string) => `${subject} fait maintenant partie du groupe, un mail le lui annonce.`,
  'role-changed': (subject: string) => `Le rôle de ${subject} est changé.`,
  'member-removed': (subject: string) => `${subject} ne fait plus partie du groupe.`,
  'account-suspended': (subject: string) =>
    `Le compte de ${subject} est suspendu. Ses sessions sont fermées.`,
  'account-resumed': (subject: string) => `Le compte de ${subject} est rétabli.`,
  'invitation-sent': (subject: string) =>
    `Une nouvelle invitation part vers ${subject}. L’ancien lien ne sert plus.`,
  'person-invited': (subject: string) =>
    `${subject} est invité\u00a0: un mail d’activation part vers cette adresse.`,
  'mail-retried': (subject: string) => `Le mail pour ${subject} repart tout de suite.`,
  deposited: (subject: string) =>
    subject === '1' ? 'Un fichier est déposé et vérifié.' : `${subject} fichiers sont déposés et vérifiés.`,
  'password-changed': (_subject: string) =>
    'Votre mot de passe est changé. Vos autres sessions sont fermées.',
  'session-revoked': (_subject: string) => 'Cet appareil est déconnecté.',
  'sessions-ended': (_subject: string) => 'Tous vos autres appareils sont déconnectés.',
  'key-added': (subject: string) => `La clé ${subject} est ajoutée.`,
  'key-removed': (subject: string) => `La clé ${subject} est retirée.`,
  'text-published': (subject: string) => `Le texte «\u00a0${subject}\u00a0» est publié.`,
  'nothing-chosen': (_subject: string) => 'Cochez d’abord ce que vous voulez prendre.',
  'entries-removed': (subject: string) =>
    subject === '1' ? 'Un élément est supprimé.' : `${subject} éléments sont supprimés.`,
  'entries-moved': (subject: string) =>
    subject === '1' ? 'Un élément est déplacé ici.' : `${subject} éléments sont déplacés ici.`,
  'entries-copied': (subject: string) =>
    subject === '1' ? 'Un élément est copié ici.' : `${subject} éléments sont copiés ici.`,
  'nothing-new': (_subject: string) => 'Il n’y a rien de nouveau à télécharger.',
  'upload-discarded': (subject: string) => `Le dépôt de ${subject} est abandonné.`,
  'folder-made': (subject: string) => `Le dossier «\u00a0${subject}\u00a0» est créé.`,
  'entry-renamed': (subject: string) => `Son nom est maintenant «\u00a0${subject}\u00a0».`,
  'entry-moved': (subject: string) => `«\u00a0${subject}\u00a0» est déplacé ici.`,
  'entry-copied': (subject: string) => `«\u00a0${subject}\u00a0» est copié ici.`,
  'entry-removed': (subject: string) =>
    `«\u00a0${subject}\u00a0» est supprimé. Vous avez 24 heures pour revenir sur cette décision.`,
  'entry-restored': (subject: string) => `«\u00a0${subject}\u00a0» est revenu à sa place.`,
  'entries-restored': (subject: string) =>
    subject === '1' ? 'Un élément est revenu à sa place.' : `${subject} éléments sont revenus à leur place.`,
};
