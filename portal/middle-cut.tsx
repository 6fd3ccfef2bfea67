import { isRightToLeft } from '../web/visible.js';

const KEPT_CHARACTERS = 12;

/**
 * A name in two parts: where room is short the first gives way, and the end with its extension stays. Small screens wrap it
 * instead.
 */
export function MiddleCut({ name }: { readonly name: string }) {
  const characters = [...name];
  // Cut in two, a name that runs from right to left would begin in the middle.
  if (!isLong(name) || isRightToLeft(name)) return <>{name}</>;
  let cut = characters.length - KEPT_CHARACTERS;
  while (cut > 0 && /[\p{M}\u200c\u200d]/u.test(characters[cut] ?? '')) cut -= 1;
  return (
    <span class="middle-cut">
      <span>{characters.slice(0, cut).join('')}</span>
      <span>{characters.slice(cut).join('')}</span>
    </span>
  );
}

/** The whole name, for the tooltip of one that may be shown cut. */
export function tooltipOf(name: string): string | undefined {
  return isLong(name) ? name : undefined;
}

function isLong(name: string): boolean {
  return [...name].length > KEPT_CHARACTERS * 2;
}
