import type { Side } from '../../storage/index.js';

/** Two letters: square and green for the house, round and grey for partners. */
export function Avatar({ name, side }: { readonly name: string; readonly side: Side }) {
  return (
    <span class={`avatar ${side}`} aria-hidden="true">
      {initials(name)}
    </span>
  );
}

/** « Nadia Benali » gives NB; a single word its first two letters. */
export function initials(name: string): string {
  const words = name.split(/[\s-]+/u).filter((word) => /\p{L}|\p{N}/u.test(word));
  const [first = '', last = ''] = words.length > 1 ? [words[0], words.at(-1)] : [words[0]];
  const letters = last === '' ? [...first].slice(0, 2) : [[...first][0], [...last][0]];
  return letters.join('').toUpperCase();
}

/** How one greets somebody: the name up to its first space. */
export function firstNameOf(name: string): string {
  return name.split(' ')[0] ?? name;
}
