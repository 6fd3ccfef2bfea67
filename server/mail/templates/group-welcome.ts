import {
  belowGroupText,
  greeting,
  type IntentOf,
  type LetterContent,
  quoted,
  type TemplateContext,
} from './content.js';

/** Tells somebody who has an account already that he belongs to one more group. */
export function writeGroupWelcome(
  intent: IntentOf<'group-welcome'>,
  context: TemplateContext,
): LetterContent {
  const { language, houseName } = context;
  const words = WORDS[language];
  const title = words.title(quoted(intent.groupName, language));
  return {
    subject: title,
    title,
    paragraphs: [`${greeting(context)} ${words.added(houseName)}`],
    ...belowGroupText(intent, words, context),
  };
}

const WORDS = {
  fr: {
    title: (group: string) => `Vous faites maintenant partie de ${group}`,
    added: (house: string) =>
      `${house} vous a ajouté à ce groupe. Ses documents vous sont ouverts dès à présent.`,
    button: 'Ouvrir le groupe',
    signInFirst: 'Vous vous connecterez d’abord, avec votre mot de passe habituel.',
  },
  en: {
    title: (group: string) => `You now belong to ${group}`,
    added: (house: string) => `${house} added you to this group. Its documents are open to you from now on.`,
    button: 'Open the group',
    signInFirst: 'You will sign in first, with your usual password.',
  },
} as const;
