import type { HouseTextName } from '../../../storage/index.js';

type OfEach<Value> = Readonly<Record<HouseTextName, Value>>;

/** The house's own texts: the foot of every page, their pages, and how they are written. */
export const texts = {
  foot: 'Informations légales',
  names: {
    'legal-notice': 'Mentions légales',
    'personal-data': 'Données personnelles',
    accessibility: 'Accessibilité',
    contact: 'Contact',
    terms: 'Conditions d’utilisation',
  } as OfEach<string>,
  unwritten: {
    'legal-notice': (house: string) => `${house} n’a pas encore publié ses mentions légales.`,
    'personal-data': (house: string) =>
      `${house} n’a pas encore décrit comment exercer vos droits. Voici ce que PEPS enregistre.`,
    accessibility: (house: string) => `${house} n’a pas encore publié sa déclaration d’accessibilité.`,
    contact: (house: string) =>
      `Pour toute question, adressez-vous à la personne de ${house} qui vous a invité. Son nom est dans le mail d’activation.`,
    terms: (house: string) => `${house} ne demande d’accepter aucune condition particulière.`,
  } as OfEach<(house: string) => string>,
  /** What holds wherever PEPS runs; null where there is nothing to say. */
  ours: {
    'legal-notice': null,
    'personal-data': `# Ce que PEPS enregistre

- Votre nom, votre adresse de messagerie, les groupes dont vous faites partie et l’empreinte de votre mot de passe, jamais le mot de passe lui-même.
- Chaque dépôt, téléchargement, déplacement ou effacement\u00a0: qui, quand, quel document, par quel accès et depuis quelle adresse IP. C’est la preuve de la remise.
- Les documents, chiffrés chacun avec une clé qui lui est propre. Une fois supprimés, leur clé est détruite au bout de 24 heures.

# Cookies

PEPS n’utilise que des cookies nécessaires\u00a0: votre session, votre langue, l’ordre de vos listes et le message affiché après une action. Aucun ne vous suit, et aucune page n’appelle un autre site.`,
    accessibility: `# Ce que PEPS prévoit

- Toutes les pages s’utilisent au clavier, jusqu’à 320 pixels de large, en clair et en sombre.
- Elles fonctionnent sans scripts, sauf la reprise d’un envoi interrompu.
- Si quelque chose vous arrête, dites-le\u00a0: la page Contact indique à qui.`,
    contact: null,
    terms: null,
  } as OfEach<string | null>,
  written: (version: number) => `Version ${version}, du`,
  accept: 'J’accepte les ',
  acceptLink: 'conditions d’utilisation',
  acceptNewWindow: '(nouvel onglet)',
  administration: {
    title: 'Textes',
    lead: 'Ce qui se lit au bas de chaque page, et les conditions acceptées à l’activation. Chaque version est conservée.',
    name: 'Texte',
    state: { fr: 'En français', en: 'En anglais' },
    unwritten: 'Pas encore écrit',
    writtenOn: (version: number) => `Version ${version}, du`,
    edit: { fr: 'Écrire en français', en: 'Écrire en anglais' },
    /** What `edit` says to those who do not see the row. */
    editOne: {
      fr: (name: string) => `Écrire en français\u00a0: ${name}`,
      en: (name: string) => `Écrire en anglais\u00a0: ${name}`,
    },
    editTitle: { fr: (name: string) => `${name}, en français`, en: (name: string) => `${name}, en anglais` },
    editLead: 'Publié aussitôt. Laissez vide pour retirer le texte.',
    termsLead:
      'Publié aussitôt. Qui active son compte devra accepter ces conditions\u00a0; la version acceptée est inscrite dans l’historique. Laissez vide pour ne rien demander.',
    body: 'Texte',
    hint: 'Une ligne vide sépare les paragraphes. «\u00a0# \u00a0» commence un titre, «\u00a0- \u00a0» un point de liste. 10 000 caractères au plus.',
    submit: 'Publier',
  },
};
