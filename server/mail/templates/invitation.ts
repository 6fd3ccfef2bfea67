import {
  footerBecause,
  greeting,
  type IntentOf,
  type LetterContent,
  quoted,
  type TemplateContext,
} from './content.js';

/** The way to a first password. The link serves once, and only with a password typed behind it. */
export function writeInvitation(intent: IntentOf<'invitation'>, context: TemplateContext): LetterContent {
  const { language, houseName, format, link } = context;
  const words = WORDS[language];
  const group = intent.groupName === null ? null : quoted(intent.groupName, language);
  return {
    subject: words.subject(houseName),
    title: words.title,
    paragraphs: [`${greeting(context)} ${words.opens(houseName, group)}`, words.choose],
    items: [],
    more: null,
    button: { label: words.button, href: link('activation', intent.token) },
    notes: [words.once, words.until(format.full(intent.expiresAt))],
    footer: footerBecause(words.unexpected, language),
  };
}

const WORDS = {
  fr: {
    subject: (house: string) => `${house} vous ouvre un accès à PEPS`,
    title: 'Votre accès est prêt',
    opens: (house: string, group: string | null) =>
      `${house} vous ouvre un accès à PEPS, pour échanger des documents en sécurité${group === null ? '' : ` dans le groupe ${group}`}.`,
    choose: 'Choisissez votre mot de passe pour commencer.',
    button: 'Choisir mon mot de passe',
    once: 'Ce lien est personnel et sert une seule fois.',
    until: (date: string) => `Il est valable jusqu’au ${date}.`,
    unexpected: 'Si vous ne l’attendiez pas, vous pouvez l’ignorer.',
  },
  en: {
    subject: (house: string) => `${house} opens PEPS to you`,
    title: 'Your access is ready',
    opens: (house: string, group: string | null) =>
      `${house} gives you access to PEPS, to exchange documents safely${group === null ? '' : ` in the group ${group}`}.`,
    choose: 'Choose your password to begin.',
    button: 'Choose my password',
    once: 'This link is personal and works once.',
    until: (date: string) => `It is valid until ${date}.`,
    unexpected: 'If you did not expect it, you may ignore it.',
  },
} as const;
