import {
  footerBecause,
  greeting,
  type IntentOf,
  type LetterContent,
  type TemplateContext,
} from './content.js';

/** Tells the owner of an account that its password is another one now, so that a theft does not go unseen. */
export function writePasswordChanged(
  intent: IntentOf<'password-changed'>,
  context: TemplateContext,
): LetterContent {
  const words = WORDS[context.language];
  return {
    subject: words.subject,
    title: words.title,
    paragraphs: [`${greeting(context)} ${words.when(context.format.full(intent.changedAt))}`, words.notYou],
    items: [],
    more: null,
    button: { label: words.button, href: context.link('mot-de-passe-oublie') },
    notes: [words.otherwise],
    footer: footerBecause(words.why, context.language),
  };
}

const WORDS = {
  fr: {
    subject: 'Votre mot de passe PEPS a été changé',
    title: 'Votre mot de passe a été changé',
    when: (date: string) => `votre mot de passe a été changé le ${date}.`,
    notYou: 'Si ce n’est pas vous, choisissez tout de suite un nouveau mot de passe et prévenez votre CAF.',
    button: 'Choisir un nouveau mot de passe',
    otherwise: 'Si c’est vous, il n’y a rien à faire.',
    why: 'Vous le recevez parce que votre mot de passe a changé.',
  },
  en: {
    subject: 'Your PEPS password was changed',
    title: 'Your password was changed',
    when: (date: string) => `your password was changed on ${date}.`,
    notYou: 'If it was not you, choose a new password at once and tell your CAF.',
    button: 'Choose a new password',
    otherwise: 'If it was you, there is nothing to do.',
    why: 'You receive it because your password changed.',
  },
} as const;
