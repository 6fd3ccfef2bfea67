import type { LetterContent } from './content.js';

/** The plain text of a mail. Every link stands alone on its line, so that no program breaks it. */
export function renderText(content: LetterContent, houseName: string): string {
  const blocks = [
    `PEPS · ${houseName}`,
    content.title,
    ...content.paragraphs,
    ...content.items.map(
      ({ name, size, details, href }) => `- ${[name, size, ...details].join(' · ')}\n${href}`,
    ),
    ...(content.more === null ? [] : [content.more]),
    `${content.button.label}\n${content.button.href}`,
    content.notes.join('\n'),
    `-- \n${content.footer}`,
  ];
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`;
}
