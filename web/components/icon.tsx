import { createContext } from 'preact';
import { useContext } from 'preact/hooks';

export type IconName =
  | 'alert'
  | 'arrow'
  | 'check'
  | 'chev'
  | 'clock'
  | 'copy'
  | 'cross'
  | 'dots'
  | 'down'
  | 'drive'
  | 'eye'
  | 'folder'
  | 'gear'
  | 'globe'
  | 'group'
  | 'home'
  | 'info'
  | 'key'
  | 'leave'
  | 'letter'
  | 'lock'
  | 'mail'
  | 'menu'
  | 'move'
  | 'pause'
  | 'play'
  | 'plus'
  | 'retry'
  | 'right'
  | 'search'
  | 'sheet'
  | 'shield'
  | 'trash'
  | 'up'
  | 'user';

/** The sprite's address; set once by the document, so that no component has to hand it on. */
export const IconSprite = createContext('');

/** A drawing beside words; the words carry the meaning. */
export function Icon({ name, class: extra }: { readonly name: IconName; readonly class?: string }) {
  const sprite = useContext(IconSprite);
  return (
    <svg class={extra === undefined ? 'icon' : `icon ${extra}`} aria-hidden="true">
      <use href={`${sprite}#${name}`} />
    </svg>
  );
}
