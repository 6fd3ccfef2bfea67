import type { ComponentChildren } from 'preact';
import { FilCut } from './fil.js';
import type { IconName } from './icon.js';

interface EmptyStateProps {
  readonly icon: IconName;
  readonly title: string;
  readonly children: ComponentChildren;
  readonly actions?: ComponentChildren;
}

/** Says that there is nothing yet, and what would bring something. */
export function EmptyState({ icon, title, children, actions }: EmptyStateProps) {
  return (
    <div class="empty">
      <FilCut icon={icon} tone="good" />
      <h2>{title}</h2>
      <p>{children}</p>
      {actions === undefined ? null : <div class="actions">{actions}</div>}
    </div>
  );
}
