import { isRightToLeft } from '../web/visible.js';

const KEPT_CHARACTERS = 12;

/**
 * A name in two parts: where room is short the first gives way, and the end with its extension stays. Small screens wrap it
 * instead.
 */
export function MiddleCut({ name }: { readonly name: string }) {
  const characters = [...name];
  // Cut in two, a name that runs from right to left would begin in the middle.
  if (characters.length <= KEPT_CHARACTERS * 2 || isRightToLeft(name)) return <>{name}</>;
  let cut = characters.length - KEPT_CHARACTERS;
  while (cut > 0 && /[\p{M}\u200c\u200d]/u.test(characters[cut] ?? '')) cut -= 1;
  return (
    <span class="middle-cut">
      <span>{characters.slice(0, cut).join('')}</span>
      <span>{characters.slice(cut).join('')}</span>
    </span>
  );
}
