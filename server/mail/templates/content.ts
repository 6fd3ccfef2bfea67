import type { Language, MailIntent } from '../../../storage/index.js';
import type { Format } from '../../../web/format.js';

/** What a mail says, before it is laid out as text and as HTML. */
export interface LetterContent {
  readonly subject: string;
  readonly title: string;
  readonly paragraphs: readonly string[];
  readonly items: readonly LetterItem[];
  /** What the list leaves out, after it. */
  readonly more: string | null;
  readonly button: { readonly label: string; readonly href: string };
  /** Under the button, small. */
  readonly notes: readonly string[];
  /** Below the sheet: why this mail came. */
  readonly footer: string;
}

export interface LetterItem {
  readonly name: string;
  readonly size: string;
  /** Folder and depositor, where they need saying. */
  readonly details: readonly string[];
  readonly href: string;
}

export interface TemplateContext {
  readonly language: Language;
  readonly houseName: string;
  /** Empty when all that is known is the address. */
  readonly recipientName: string;
  readonly format: Format;
  /** An address of the pages; segments are percent-encoded. */
  readonly link: (...segments: string[]) => string;
}

/** The intent of one template. */
export type IntentOf<Template extends MailIntent['template']> = Extract<
  MailIntent,
  { readonly template: Template }
>;

/** A name in the language's quotation marks. */
export function quoted(name: string, language: Language): string {
  return language === 'fr' ? `«\u00a0${name}\u00a0»` : `“${name}”`;
}

/** `Bonjour Nadia Benali,`, or without a name. */
export function greeting({ language, recipientName }: TemplateContext): string {
  const word = language === 'fr' ? 'Bonjour' : 'Hello';
  return recipientName === '' ? `${word},` : `${word} ${recipientName},`;
}

/** What every mail promises, then why it came. */
export function footerBecause(reason: string, language: Language): string {
  const promise =
    language === 'fr'
      ? 'Ce mail ne contient ni document ni mot de passe, et n’en demande jamais.'
      : 'This mail holds neither a document nor a password, and never asks for one.';
  return `${promise} ${reason}`;
}

/** The footer's reason in a mail about a group. */
export function asMember(groupName: string, language: Language): string {
  return language === 'fr'
    ? `Vous le recevez comme membre du groupe ${quoted(groupName, language)}.`
    : `You receive it as a member of the group ${quoted(groupName, language)}.`;
}

/** What follows the text of a mail about a group as a whole: the way to it, and why the mail came. */
export function belowGroupText(
  group: { readonly groupName: string; readonly directory: string },
  words: { readonly button: string; readonly signInFirst: string },
  { language, link }: TemplateContext,
): Pick<LetterContent, 'items' | 'more' | 'button' | 'notes' | 'footer'> {
  return {
    items: [],
    more: null,
    button: { label: words.button, href: link('groupes', group.directory) },
    notes: [words.signInFirst],
    footer: footerBecause(asMember(group.groupName, language), language),
  };
}
