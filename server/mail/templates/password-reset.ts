import {
  footerBecause,
  greeting,
  type IntentOf,
  type LetterContent,
  type TemplateContext,
} from './content.js';

/** The way to a new password, asked for on the sign-in page. */
export function writePasswordReset(
  intent: IntentOf<'password-reset'>,
  context: TemplateContext,
): LetterContent {
  const words = WORDS[context.language];
  return {
    subject: words.subject,
    title: words.title,
    paragraphs: [`${greeting(context)} ${words.asked}`],
    items: [],
    more: null,
    button: { label: words.button, href: context.link('reinitialisation', intent.token) },
    notes: [words.once, words.until(context.format.full(intent.expiresAt))],
    footer: footerBecause(words.unexpected, context.language),
  };
}

const WORDS = {
  fr: {
    subject: 'Choisir un nouveau mot de passe pour PEPS',
    title: 'Choisir un nouveau mot de passe',
    asked: 'vous avez demandé à changer votre mot de passe.',
    button: 'Choisir un nouveau mot de passe',
    once: 'Ce lien est personnel et sert une seule fois.',
    until: (date: string) => `Il est valable jusqu’au ${date}.`,
    unexpected: 'Si vous n’avez rien demandé, ignorez-le\u00a0: votre mot de passe reste le même.',
  },
  en: {
    subject: 'Choose a new password for PEPS',
    title: 'Choose a new password',
    asked: 'you asked to change your password.',
    button: 'Choose a new password',
    once: 'This link is personal and works once.',
    until: (date: string) => `It is valid until ${date}.`,
    unexpected: 'If you asked for nothing, ignore it: your password stays the same.',
  },
} as const;
