/** « Connecter un lecteur réseau » : la page, et l’assistant que l’on y télécharge. */
export const drive = {
  title: 'Connecter un lecteur réseau',
  lead: 'Vos groupes dans l’explorateur de fichiers de votre ordinateur, comme un dossier de plus.',
  openFromGroup: 'Ouvrir comme lecteur réseau',
  asked: {
    title: 'Ce que votre ordinateur va vous demander',
    address: 'Adresse',
    addressNote: 'Elle mène à tous vos groupes et ne change pas quand l’un d’eux change de nom.',
    login: 'Identifiant',
    loginNote: 'Windows le montre parfois avec le nom de l’ordinateur devant\u00a0: c’est sans effet.',
    password: 'Mot de passe',
    passwordNote: 'Le même que pour vous connecter ici.',
    copyAddress: 'Copier l’adresse',
    copyLogin: 'Copier l’identifiant',
    copyCommand: 'Copier la commande',
  },
  insecure: {
    title: 'Cette adresse n’est pas chiffrée.',
    text: 'Windows n’envoie de mot de passe qu’à une adresse en https. Demandez à la personne qui administre PEPS de la mettre en place\u00a0; d’ici là, passez par le navigateur ou par SFTP.',
  },
  systems: { label: 'Votre ordinateur', windows: 'Windows', mac: 'macOS', linux: 'Linux' },
  assistant: {
    title: 'Le plus simple\u00a0: l’assistant',
    text: 'Il vérifie le service WebClient, l’adresse, le certificat et la taille maximale, dit ce qui manque, puis connecte le lecteur. Il demande lui-même votre mot de passe, qui ne figure pas dans le fichier. Aucun droit d’administrateur n’est nécessaire.',
    button: 'Télécharger l’assistant',
    after:
      'Ouvrez-le d’un double clic. Si Windows affiche «\u00a0Windows a protégé votre ordinateur\u00a0», choisissez «\u00a0Informations complémentaires\u00a0», puis «\u00a0Exécuter quand même\u00a0».',
  },
  byHand: 'À la main',
  windows: {
    steps: [
      'Ouvrez l’Explorateur de fichiers, puis «\u00a0Ce PC\u00a0».',
      'Windows 11\u00a0: «\u00a0…\u00a0» (Voir plus), puis «\u00a0Connecter un lecteur réseau\u00a0». Windows 10\u00a0: onglet «\u00a0Ordinateur\u00a0», puis «\u00a0Connecter un lecteur réseau\u00a0».',
      'Lecteur\u00a0: choisissez une lettre, par exemple Z:. Dossier\u00a0: collez l’adresse ci-dessus.',
      'Cochez «\u00a0Se reconnecter lors de la connexion\u00a0» et «\u00a0Se connecter à l’aide d’informations d’identification différentes\u00a0», puis «\u00a0Terminer\u00a0».',
      'Saisissez votre identifiant et votre mot de passe. Le lecteur s’ouvre\u00a0: chaque groupe y est un dossier.',
    ],
    command: 'En une ligne, dans l’invite de commandes\u00a0:',
  },
  mac: {
    steps: [
      'Dans le Finder, menu «\u00a0Aller\u00a0», puis «\u00a0Se connecter au serveur\u00a0» (⌘\u00a0K).',
      'Collez l’adresse ci-dessus, puis «\u00a0Se connecter\u00a0».',
      'Choisissez «\u00a0Utilisateur référencé\u00a0», saisissez votre identifiant et votre mot de passe, et cochez «\u00a0Conserver ce mot de passe dans mon trousseau\u00a0».',
      'Le lecteur apparaît dans la barre latérale, sous «\u00a0Emplacements\u00a0».',
    ],
  },
  linux: {
    steps: [
      'GNOME\u00a0: dans Fichiers, «\u00a0Autres emplacements\u00a0» (ou «\u00a0Réseau\u00a0»), puis, sous «\u00a0Connexion à un serveur\u00a0», cette adresse\u00a0:',
      'KDE\u00a0: dans la barre d’adresse de Dolphin\u00a0:',
      'En ligne de commande, avec davfs2\u00a0:',
    ],
  },
  limits: {
    title: 'Bon à savoir',
    windows: [
      {
        title: 'Un fichier de plus de 50\u00a0Mo ne se copie pas (erreur 0x800700DF)',
        text: 'C’est la limite d’usine de Windows. L’assistant la lit et, lancé en tant qu’administrateur, propose de la porter à 4\u00a0Go, le plus que Windows sache faire. À la main\u00a0: Éditeur du Registre, HKLM\\SYSTEM\\CurrentControlSet\\Services\\WebClient\\Parameters, valeur FileSizeLimitInBytes à 4294967295 en décimal, puis redémarrez le service WebClient. Au-delà, passez par cette page web ou par SFTP.',
      },
      {
        title: 'Le premier clic prend plusieurs secondes',
        text: 'Windows cherche un serveur proxy. Options Internet, «\u00a0Connexions\u00a0», «\u00a0Paramètres réseau\u00a0»\u00a0: décochez «\u00a0Détecter automatiquement les paramètres de connexion\u00a0».',
      },
      {
        title: 'Le mot de passe est redemandé après un redémarrage',
        text: 'Windows ne garde pas toujours les mots de passe de ces lecteurs\u00a0: il le demande au premier clic.',
      },
      {
        title: 'L’espace libre affiché est faux',
        text: 'Windows montre celui de votre disque C:. Le quota de votre groupe se lit sur la page du groupe.',
      },
      {
        title: 'Un fichier déposé à l’instant n’apparaît pas',
        text: 'Windows garde ses listes une minute. Attendez un peu, puis actualisez (F5).',
      },
      {
        title: 'Le service WebClient est absent, désactivé ou arrêté',
        text: 'Services, WebClient, «\u00a0Type de démarrage\u00a0: Manuel\u00a0». Sur Windows Server, ajoutez la fonctionnalité «\u00a0Redirecteur WebDAV\u00a0». Microsoft a annoncé en 2023 la fin de l’évolution de ce service\u00a0; il reste présent dans Windows 11.',
      },
      {
        title: 'Un dossier de plus de mille fichiers ne s’ouvre pas',
        text: 'Windows refuse une liste de plus d’un million d’octets. Rangez ces fichiers dans des sous-dossiers, ou augmentez FileAttributesLimitInBytes au même endroit du Registre.',
      },
      {
        title: 'Après une correction, l’erreur reste la même',
        text: 'Windows retient une minute qu’une adresse ne répondait pas. Attendez, ou redémarrez le service WebClient en tant qu’administrateur.',
      },
    ],
    mac: [
      {
        title: 'Des fichiers «\u00a0._\u00a0» et «\u00a0.DS_Store\u00a0»',
        text: 'Le Finder en crée à côté des vôtres. Ils restent à vous\u00a0: les autres membres ne les voient pas et n’en sont pas avertis.',
      },
    ],
    linux: [
      {
        title: 'Un lecteur en lecture seule',
        text: 'Avec davfs2, laissez «\u00a0use_locks 1\u00a0», la valeur d’usine\u00a0: le fichier que vous modifiez est alors verrouillé pour les autres.',
      },
    ],
  },

  errors: {
    title: 'Les erreurs de Windows',
    causes: {
      notFound: {
        meaning: 'Le nom réseau est introuvable.',
        cure: 'Recopiez l’adresse en entier, avec https:// et /dav/.',
      },
      untrusted: {
        meaning: 'Votre ordinateur ne fait pas confiance au certificat.',
        cure: 'Ouvrez l’adresse dans le navigateur\u00a0: s’il avertit aussi, parlez-en à la personne qui administre PEPS. Une autorité privée doit figurer parmi les «\u00a0Autorités de certification racines de confiance\u00a0» de l’ordinateur local.',
      },
      wrongPassword: {
        meaning: 'L’identifiant ou le mot de passe n’est pas bon.',
        cure: 'Essayez-les sur la page de connexion. Après plusieurs essais, attendez quelques minutes.',
      },
      noPassword: {
        meaning: 'Windows n’a pas envoyé le mot de passe.',
        cure: 'Cochez «\u00a0informations d’identification différentes\u00a0» et vérifiez que l’adresse commence par https://.',
      },
      locked: {
        meaning: 'Quelqu’un d’autre modifie ce fichier.',
        cure: 'Réessayez quand il l’aura fermé\u00a0; le verrou s’efface au plus tard après une heure.',
      },
      tooLarge: {
        meaning: 'Le fichier dépasse la limite de Windows.',
        cure: 'Voyez «\u00a0plus de 50\u00a0Mo\u00a0» ci-dessus.',
      },
      tooLong: {
        meaning: 'Le transfert a duré trop longtemps pour Windows.',
        cure: 'Passez par cette page web ou par SFTP, qui reprennent après une coupure.',
      },
    },
  },
};
