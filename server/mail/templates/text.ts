import { isolatedName, visibleName } from '../../../web/visible.js';
import type { LetterContent } from './content.js';

/** The plain text of a mail. Every link stands alone on its line, so that no program breaks it. */
export function renderText(content: LetterContent, houseName: string): string {
  const lines = [`PEPS · ${houseName}`, content.title, ...content.paragraphs].map(visibleName);
  const blocks = [
    ...lines,
    ...content.items.map(
      ({ name, size, details, href }) =>
        `- ${[name, size, ...details].map(isolatedName).join(' · ')}\n${href}`,
    ),
    ...(content.more === null ? [] : [content.more]),
    `${content.button.label}\n${content.button.href}`,
    content.notes.join('\n'),
    `-- \n${visibleName(content.footer)}`,
  ];
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`;
}
