import { Icon, type IconName } from './icon.js';

interface PillProps {
  readonly tone: 'plain' | 'good' | 'look' | 'bad';
  readonly icon: IconName;
  readonly children: string;
}

/** A state in a word; the icon and the word say it, the colour only helps. */
export function Pill({ tone, icon, children }: PillProps) {
  return (
    <span class={`pill ${tone}`}>
      <Icon name={icon} />
      {children}
    </span>
  );
}
