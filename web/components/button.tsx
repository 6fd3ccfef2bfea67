import type { ComponentChildren } from 'preact';
import { Icon, type IconName } from './icon.js';

interface ButtonLook {
  readonly children?: ComponentChildren;
  /** One filled button per view; the others are outlined or plain text. */
  readonly look: 'filled' | 'outline' | 'text' | 'danger';
  readonly icon?: IconName;
  readonly size?: 'small' | 'big';
  /** What the button says to those who do not see its place, where its words alone would not do. */
  readonly label?: string;
}

interface LinkButtonProps extends ButtonLook {
  readonly href: string;
}

interface SubmitButtonProps extends ButtonLook {
  readonly name?: string;
  readonly value?: string;
  /** Where the form goes by this button, if not where it goes by others. */
  readonly action?: string;
}

/** Leads to another page. */
export function LinkButton({ href, ...look }: LinkButtonProps) {
  return (
    <a class={classOf(look)} href={href} aria-label={look.label}>
      <Content {...look} />
    </a>
  );
}

/** Sends the form it stands in. */
export function SubmitButton({ name, value, action, ...look }: SubmitButtonProps) {
  return (
    <button
      class={classOf(look)}
      type="submit"
      name={name}
      value={value}
      formAction={action}
      aria-label={look.label}
    >
      <Content {...look} />
    </button>
  );
}

function Content({ icon, children }: ButtonLook) {
  return (
    <>
      {icon === undefined ? null : <Icon name={icon} />}
      {children === undefined ? null : <span>{children}</span>}
    </>
  );
}

function classOf({ look, size, children }: ButtonLook): string {
  return ['button', look, size, children === undefined ? 'round' : undefined].filter(Boolean).join(' ');
}
