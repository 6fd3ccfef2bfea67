/** Ce que dit l’assistant de Windows ; une phrase par ligne de la console. */
export const driveAssistant = {
  heading: 'PEPS\u00a0: connexion du lecteur réseau',
  service: {
    checking: '1. Le service WebClient',
    ready: '   Il est prêt.',
    missing:
      '   Il est absent de cet ordinateur. Sur Windows Server, ajoutez la fonctionnalité Redirecteur WebDAV.',
    disabled:
      '   Il est désactivé. Demandez à votre service informatique de le mettre en démarrage manuel\u00a0: Services, WebClient.',
  },
  address: {
    checking: '2. L’adresse et son certificat',
    ready: '   L’adresse répond, le certificat est reconnu.',
    unreachable:
      '   L’adresse ne répond pas directement. Vérifiez votre connexion\u00a0; derrière un proxy, la suite peut réussir quand même.',
    untrusted:
      '   Cet ordinateur ne reconnaît pas le certificat\u00a0: Windows refusera le lecteur (erreur 224). Parlez-en à votre service informatique.',
    expiring:
      '   Le certificat expire dans moins de deux semaines. Prévenez la personne qui administre PEPS.',
    unchecked: '   PowerShell n’est pas disponible\u00a0: rien n’a été vérifié.',
  },
  size: {
    checking: '3. La taille maximale d’un fichier',
    raised: '   Les fichiers passent jusqu’à 2 Go au moins.',
    limited: (limit: string) => `   Windows arrête les fichiers de plus de ${limit} Mo.`,
    asAdministrator:
      '   Pour aller jusqu’à 4 Go\u00a0: clic droit sur ce fichier, Exécuter en tant qu’administrateur.',
    question: 'Porter cette limite à 4 Go',
    done: '   C’est fait. Ouvrez maintenant cet assistant d’un simple double clic\u00a0: un lecteur connecté par l’administrateur n’est pas visible de vous.',
    failed: '   La limite n’a pas pu être changée.',
  },
  basicOff:
    '   Les mots de passe pour WebDAV sont désactivés sur cet ordinateur (BasicAuthLevel 0). Votre service informatique peut remettre la valeur 1.',
  letters: 'Toutes les lettres de lecteur sont prises. Déconnectez un lecteur, puis recommencez.',
  mapping: (letter: string) => `4. Connexion du lecteur ${letter}`,
  password: '   Saisissez votre mot de passe PEPS\u00a0; rien ne s’affiche pendant la saisie.',
  done: (letter: string) => `   C’est fait\u00a0: le lecteur ${letter} est connecté.`,
  failed: 'Le lecteur n’a pas pu être connecté.',
  causes: {
    '67': 'Erreur 67\u00a0: l’adresse est introuvable. Attendez une minute, puis recommencez.',
    '53': 'Erreur 53\u00a0: l’adresse ne répond pas. Vérifiez votre connexion.',
    '224': 'Erreur 224\u00a0: le certificat n’est pas reconnu. Parlez-en à votre service informatique.',
    '1244': 'Erreur 1244\u00a0: Windows n’a pas envoyé le mot de passe.',
    '5': 'Erreur 5\u00a0: l’identifiant ou le mot de passe n’est pas bon.',
    '86': 'Erreur 86\u00a0: le mot de passe n’est pas bon.',
    '1326': 'Erreur 1326\u00a0: l’identifiant ou le mot de passe n’est pas bon.',
    '85': 'Erreur 85\u00a0: cette lettre de lecteur est déjà prise.',
  },
  yes: 'O',
  no: 'N',
  end: 'Vous pouvez fermer cette fenêtre.',
};
