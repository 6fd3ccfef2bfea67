/** What happened, then what to do. By the code of a StorageError, or by why a page refused. */
export const failures = {
  reference: 'Référence à donner à l’aide\u00a0:',
  unauthenticated: { title: 'Vous n’êtes plus connecté', text: 'Reconnectez-vous pour continuer.' },
  forbidden: {
    title: 'Cet acte ne vous est pas ouvert',
    text: 'Votre rôle dans ce groupe ne le permet pas. Un gestionnaire du groupe peut le changer.',
  },
  'not-found': {
    title: 'Rien à cette adresse',
    text: 'La page n’existe pas, le fichier a été retiré puis effacé, ou il se trouve dans un groupe dont vous ne faites pas partie.',
  },
  'parent-missing': {
    title: 'Ce dossier n’est plus là',
    text: 'Il a été déplacé ou effacé entre-temps. Repartez de votre groupe.',
  },
  'already-exists': { title: 'Ce nom est déjà pris', text: 'Revenez en arrière et choisissez-en un autre.' },
  'is-a-directory': {
    title: 'C’est un dossier',
    text: 'Seul un fichier peut être téléchargé. Ouvrez le dossier pour voir ce qu’il contient.',
  },
  'not-a-directory': {
    title: 'C’est un fichier',
    text: 'Il ne contient rien d’autre. Repartez de votre groupe.',
  },
  'invalid-path': {
    title: 'Cette adresse est mal écrite',
    text: 'Reprenez le lien en entier, ou repartez de l’accueil.',
  },
  'invalid-input': {
    title: 'Une valeur ne convient pas',
    text: 'Revenez en arrière et corrigez-la. Rien n’a été changé.',
  },
  locked: {
    title: 'Quelqu’un y travaille',
    text: 'Ce fichier est ouvert sur un autre poste. Réessayez quand il sera refermé.',
  },
  'precondition-failed': {
    title: 'Cela a changé entre-temps',
    text: 'Rechargez la page pour voir l’état du moment, puis recommencez si c’est encore utile.',
  },
  'too-large': {
    title: 'C’est trop volumineux',
    text: 'Ce formulaire dépasse ce qu’une page peut recevoir. Raccourcissez-le.',
  },
  'tree-size': {
    title: 'C’est trop à la fois',
    text: 'Ce dossier contient plus de 10 000 fichiers et dossiers. Prenez ses sous-dossiers un à un, ou passez par le lecteur réseau.',
  },
  'no-space': {
    title: 'La place manque',
    text: 'Le quota du groupe ou le disque est plein. Retirez ce qui n’est plus utile, ou prévenez un gestionnaire.',
  },
  throttled: { title: 'Trop de demandes à la fois', text: 'Patientez quelques minutes, puis réessayez.' },
  unsupported: { title: 'PEPS ne sait pas faire cela', text: 'Repartez de l’accueil.' },
  unavailable: {
    title: 'PEPS reprend son souffle',
    text: 'Le service est momentanément occupé. Réessayez dans une minute\u00a0: rien n’est perdu.',
  },
  gone: { title: 'Ce lien n’est plus valable', text: 'Il a servi, ou sa date est passée.' },
  corrupt: {
    title: 'Ce fichier est abîmé',
    text: 'Son empreinte ne correspond plus\u00a0: PEPS refuse de le remettre. Prévenez l’administrateur et demandez un nouveau dépôt.',
  },
  aborted: { title: 'L’échange s’est interrompu', text: 'Réessayez\u00a0: rien n’a été changé.' },
  fault: {
    title: 'Une erreur de notre côté',
    text: 'Réessayez. Si elle revient, donnez la référence ci-dessous à l’aide\u00a0: elle dit où chercher.',
  },
  'unknown-host': {
    title: 'PEPS ne répond pas à ce nom',
    text: 'Utilisez l’adresse que l’on vous a donnée.',
  },
  'method-not-allowed': { title: 'Cette page ne se demande pas ainsi', text: 'Repartez de l’accueil.' },
  'cross-site': {
    title: 'Demande refusée',
    text: 'Elle ne venait pas d’une page de PEPS. Ouvrez PEPS vous-même, puis recommencez.',
  },
  'bad-request': {
    title: 'Demande incompréhensible',
    text: 'Le formulaire ou l’adresse est mal formé. Repartez de l’accueil.',
  },
};
