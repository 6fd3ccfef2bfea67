import type { MailedFile } from '../../../storage/index.js';
import {
  asMember,
  footerBecause,
  greeting,
  type IntentOf,
  type LetterContent,
  type LetterItem,
  quoted,
  type TemplateContext,
} from './content.js';

/** What arrived in a group within one quiet window. One file: the button leads to its page; several: to the group's. */
export function writeGroupDeposits(
  intent: IntentOf<'group-deposits'>,
  context: TemplateContext,
): LetterContent {
  const { language, link } = context;
  const { files, omitted, groupName, directory } = intent;
  const count = files.length + omitted;
  const depositors = new Set(files.map((file) => file.depositor));
  const only = depositors.size === 1 && omitted === 0 ? files[0]?.depositor : undefined;
  const words = WORDS[language];
  const group = quoted(groupName, language);
  const title = only === undefined ? words.waiting(count, group) : words.handedBy(only, count);
  const [first] = files;
  const button = count === 1 && first ? link('fichiers', first.entryId) : link('groupes', directory);
  return {
    subject: only === undefined ? title : `${title} (${groupName})`,
    title,
    paragraphs: [`${greeting(context)} ${only === undefined ? words.since : words.inGroup(count, group)}`],
    items: files.map((file) => itemOf(file, depositors.size > 1, context)),
    more: omitted > 0 ? words.more(omitted) : null,
    button: { label: words.button, href: button },
    notes: [words.signInFirst],
    footer: footerBecause(asMember(groupName, language), language),
  };
}

function itemOf(file: MailedFile, namesDepositor: boolean, context: TemplateContext): LetterItem {
  const { format, link, language } = context;
  const words = WORDS[language];
  return {
    name: file.name,
    size: format.size(file.sizeBytes),
    details: [
      ...(file.folder === '' ? [] : [words.inFolder(file.folder)]),
      ...(namesDepositor ? [words.by(file.depositor)] : []),
    ],
    href: link('fichiers', file.entryId),
  };
}

const WORDS = {
  fr: {
    handedBy: (who: string, count: number) =>
      count === 1 ? `${who} vous a remis un fichier` : `${who} vous a remis ${count}\u00a0fichiers`,
    waiting: (count: number, group: string) =>
      count === 1
        ? `Un fichier vous attend dans ${group}`
        : `${count}\u00a0fichiers vous attendent dans ${group}`,
    inGroup: (count: number, group: string) =>
      count === 1 ? `il vous attend dans ${group}.` : `ils vous attendent dans ${group}.`,
    since: 'voici ce qui vient d’arriver.',
    inFolder: (folder: string) => `dans ${folder}`,
    by: (who: string) => `par ${who}`,
    more: (count: number) => (count === 1 ? 'Et un autre fichier.' : `Et ${count} autres fichiers.`),
    button: 'Voir et télécharger',
    signInFirst: 'Vous vous connecterez d’abord.',
  },
  en: {
    handedBy: (who: string, count: number) =>
      count === 1 ? `${who} handed you a file` : `${who} handed you ${count}\u00a0files`,
    waiting: (count: number, group: string) =>
      count === 1
        ? `A file is waiting for you in ${group}`
        : `${count}\u00a0files are waiting for you in ${group}`,
    inGroup: (count: number, group: string) =>
      count === 1 ? `it is waiting for you in ${group}.` : `they are waiting for you in ${group}.`,
    since: 'here is what has just arrived.',
    inFolder: (folder: string) => `in ${folder}`,
    by: (who: string) => `by ${who}`,
    more: (count: number) => (count === 1 ? 'And one more file.' : `And ${count} more files.`),
    button: 'See and download',
    signInFirst: 'You will sign in first.',
  },
} as const;
