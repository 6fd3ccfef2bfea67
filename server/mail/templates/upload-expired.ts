import {
  belowGroupText,
  greeting,
  type IntentOf,
  type LetterContent,
  quoted,
  type TemplateContext,
} from './content.js';

/** Says that an upload was cut off, never gone on with, and is thrown away: nothing is lost in silence. */
export function writeUploadExpired(
  intent: IntentOf<'upload-expired'>,
  context: TemplateContext,
): LetterContent {
  const { language, format } = context;
  const words = WORDS[language];
  const group = quoted(intent.groupName, language);
  const file = quoted(intent.fileName, language);
  const since = format.full(intent.since);
  return {
    subject: words.subject(intent.groupName),
    title: words.title(group),
    paragraphs: [
      `${greeting(context)} ${words.what(file, intent.depositor, since)}`,
      words.gone(format.size(intent.receivedBytes)),
      words.next,
    ],
    ...belowGroupText(intent, words, context),
  };
}

const WORDS = {
  fr: {
    subject: (group: string) => `Un envoi interrompu a été abandonné (${group})`,
    title: (group: string) => `Un envoi interrompu a été abandonné dans ${group}`,
    what: (file: string, who: string, since: string) =>
      `l’envoi du fichier ${file} par ${who}, commencé le ${since}, a été coupé et n’a pas repris depuis un jour.`,
    gone: (size: string) =>
      `Ce qui était arrivé (${size}) a été effacé. Le fichier n’a pas été déposé et personne ne l’a vu.`,
    next: 'Pour le remettre, envoyez le fichier à nouveau, en entier.',
    button: 'Ouvrir le groupe',
    signInFirst: 'Vous vous connecterez d’abord.',
  },
  en: {
    subject: (group: string) => `An interrupted upload was given up (${group})`,
    title: (group: string) => `An interrupted upload was given up in ${group}`,
    what: (file: string, who: string, since: string) =>
      `the upload of the file ${file} by ${who}, begun on ${since}, was cut off and has not gone on for a day.`,
    gone: (size: string) =>
      `What had come (${size}) was deleted. The file was not deposited and nobody has seen it.`,
    next: 'To hand it over, send the file again, whole.',
    button: 'Open the group',
    signInFirst: 'You will sign in first.',
  },
} as const;
