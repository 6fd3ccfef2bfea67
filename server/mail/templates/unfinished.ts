import {
  belowGroupText,
  greeting,
  type IntentOf,
  type LetterContent,
  quoted,
  type TemplateContext,
} from './content.js';

/** Says that a file stays under a temporary name, so that nothing is held back in silence. */
export function writeUnfinished(intent: IntentOf<'unfinished'>, context: TemplateContext): LetterContent {
  const { language, format } = context;
  const words = WORDS[language];
  const group = quoted(intent.groupName, language);
  return {
    subject: words.subject(intent.groupName),
    title: words.title(group),
    paragraphs: [
      `${greeting(context)} ${words.what(quoted(intent.fileName, language), intent.depositor, format.full(intent.since))}`,
      words.next,
    ],
    ...belowGroupText(intent, words, context),
  };
}

const WORDS = {
  fr: {
    subject: (group: string) => `Un dépôt n’est pas terminé (${group})`,
    title: (group: string) => `Un dépôt n’est pas terminé dans ${group}`,
    what: (file: string, who: string, since: string) =>
      `le fichier ${file} déposé par ${who} porte un nom provisoire depuis le ${since}. Personne d’autre ne le voit.`,
    next: 'Le programme qui l’envoie doit encore lui donner son nom définitif. Sinon, déposez le fichier à nouveau.',
    button: 'Ouvrir le groupe',
    signInFirst: 'Vous vous connecterez d’abord.',
  },
  en: {
    subject: (group: string) => `A deposit is not finished (${group})`,
    title: (group: string) => `A deposit is not finished in ${group}`,
    what: (file: string, who: string, since: string) =>
      `the file ${file} deposited by ${who} has had a temporary name since ${since}. Nobody else sees it.`,
    next: 'The program that sends it has yet to give it its final name. If it does not, deposit the file again.',
    button: 'Open the group',
    signInFirst: 'You will sign in first.',
  },
} as const;
