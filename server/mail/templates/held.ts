import {
  belowGroupText,
  greeting,
  type IntentOf,
  type LetterContent,
  quoted,
  type TemplateContext,
} from './content.js';

/** Says that deposits wait for a manifest and nobody sees them, so that nothing is held back in silence. */
export function writeHeld(intent: IntentOf<'held'>, context: TemplateContext): LetterContent {
  const { language } = context;
  const words = WORDS[language];
  const { files, omitted } = intent;
  const list = (isManifest: boolean) =>
    files.filter((file) => file.isManifest === isManifest).map(({ path }) => quoted(path, language));
  const depositors = [...new Set(files.map(({ depositor }) => depositor))].join(', ');
  const [manifests, lone] = [list(true), list(false)];
  return {
    subject: words.subject(intent.groupName),
    title: words.title(quoted(intent.groupName, language)),
    paragraphs: [
      `${greeting(context)} ${words.what(files.length + omitted, depositors)}`,
      ...(manifests.length > 0 ? [words.manifests(manifests.join(', '))] : []),
      ...(lone.length > 0 ? [words.lone(lone.join(', '))] : []),
      ...(omitted > 0 ? [words.more(omitted)] : []),
      words.next,
    ],
    ...belowGroupText(intent, words, context),
  };
}

const WORDS = {
  fr: {
    subject: (group: string) => `Des dépôts attendent leur manifeste (${group})`,
    title: (group: string) => `Des dépôts attendent leur manifeste dans ${group}`,
    what: (count: number, who: string) =>
      count === 1
        ? `un fichier déposé par ${who} attend depuis plus d’une heure. Personne d’autre ne le voit.`
        : `${count}\u00a0fichiers déposés par ${who} attendent depuis plus d’une heure. Personne d’autre ne les voit.`,
    manifests: (names: string) => `Manifestes incomplets ou refusés\u00a0: ${names}.`,
    lone: (names: string) => `Fichiers qu’aucun manifeste ne nomme\u00a0: ${names}.`,
    more: (count: number) => (count === 1 ? 'Et un autre.' : `Et ${count} autres.`),
    next: 'Le programme qui les envoie en trouve la raison à côté de chacun, dans un fichier «\u00a0.KO\u00a0». Rien n’est publié ni effacé sans lui\u00a0: prévenez qui s’en occupe.',
    button: 'Ouvrir le groupe',
    signInFirst: 'Vous vous connecterez d’abord.',
  },
  en: {
    subject: (group: string) => `Deposits wait for their manifest (${group})`,
    title: (group: string) => `Deposits wait for their manifest in ${group}`,
    what: (count: number, who: string) =>
      count === 1
        ? `a file deposited by ${who} has waited for more than an hour. Nobody else sees it.`
        : `${count}\u00a0files deposited by ${who} have waited for more than an hour. Nobody else sees them.`,
    manifests: (names: string) => `Manifests incomplete or refused: ${names}.`,
    lone: (names: string) => `Files that no manifest names: ${names}.`,
    more: (count: number) => (count === 1 ? 'And one more.' : `And ${count} more.`),
    next: 'The program that sends them finds the reason beside each, in a “.KO” file. Nothing is published or deleted without it: tell whoever looks after it.',
    button: 'Open the group',
    signInFirst: 'You will sign in first.',
  },
} as const;
