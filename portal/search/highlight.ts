import { foldedName } from '../../storage/index.js';

/** A name in three: what stands before the part that was looked for, that part as it is written, and the rest. */
export function highlight(name: string, text: string): readonly [string, string, string] {
  const characters = [...name.normalize('NFC')];
  const folded = characters.map(foldedName);
  const starts: number[] = [];
  let length = 0;
  for (const piece of folded) {
    starts.push(length);
    length += piece.length;
  }
  const wanted = foldedName(text.trim());
  const at = folded.join('').indexOf(wanted);
  if (at === -1 || wanted === '') return [name, '', ''];
  const first = starts.findLastIndex((start) => start <= at);
  const last = starts.findLastIndex((start) => start < at + wanted.length);
  const part = (from: number, to?: number) => characters.slice(from, to).join('');
  return [part(0, first), part(first, last + 1), part(last + 1)];
}
