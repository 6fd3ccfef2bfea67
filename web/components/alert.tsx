import type { ComponentChildren } from 'preact';
import { Icon, type IconName } from './icon.js';

type AlertTone = 'note' | 'good' | 'look' | 'bad';

const ICONS: Readonly<Record<AlertTone, IconName>> = {
  note: 'info',
  good: 'check',
  look: 'alert',
  bad: 'alert',
};

interface AlertProps {
  readonly tone: AlertTone;
  readonly icon?: IconName;
  /** The fact, in bold. */
  readonly title?: string;
  /** What to do about it. */
  readonly children?: ComponentChildren;
  /** False for a note that was there from the start and announces nothing. */
  readonly isNews?: boolean;
  /** A button, after the text. */
  readonly act?: ComponentChildren;
}

/** Something to know before going on: the fact, then what to do. Only `bad` interrupts a screen reader. */
export function Alert({ tone, icon = ICONS[tone], title, children, isNews = true, act }: AlertProps) {
  const role = isNews ? (tone === 'bad' ? 'alert' : 'status') : undefined;
  return (
    <div class={`alert ${tone}`} role={role}>
      <Icon name={icon} />
      <p>
        {title === undefined ? null : <b>{title}</b>} {children}
      </p>
      {act}
    </div>
  );
}
