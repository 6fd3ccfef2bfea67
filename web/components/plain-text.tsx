import type { ComponentChildren } from 'preact';

const LINK = /(https?:\/\/[^\s<>"«»]+[^\s<>"«».,;:!?)]|[\w.+-]+@[\w-]+(?:\.[\w-]+)+)/u;

/** A text of plain lines: empty ones part paragraphs, `# ` begins a heading, `- ` an item of a list; addresses become links. */
export function PlainText({ text }: { readonly text: string }) {
  const blocks = text.split(/\n\s*\n/u).filter((block) => block.trim() !== '');
  return <>{blocks.map(blockOf)}</>;
}

function blockOf(block: string): ComponentChildren {
  const lines = block.trim().split('\n');
  const [first = '', ...rest] = lines;
  if (first.startsWith('# '))
    return (
      <>
        <h2>{first.slice(2)}</h2>
        {rest.length > 0 ? blockOf(rest.join('\n')) : null}
      </>
    );
  if (lines.every((line) => line.startsWith('- ')))
    return (
      <ul class="text-list">
        {lines.map((line) => (
          <li>{withLinks(line.slice(2))}</li>
        ))}
      </ul>
    );
  return (
    <p>{lines.flatMap((line, index) => (index === 0 ? withLinks(line) : [<br />, ...withLinks(line)]))}</p>
  );
}

function withLinks(text: string): ComponentChildren[] {
  return text.split(LINK).map((part, index) => {
    if (index % 2 === 0) return part;
    return <a href={part.startsWith('http') ? part : `mailto:${part}`}>{part}</a>;
  });
}
