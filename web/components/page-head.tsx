import type { ComponentChildren } from 'preact';

interface PageHeadProps {
  readonly title: string;
  readonly lead?: ComponentChildren;
  /** Stands before the title: an avatar or a tile. */
  readonly sign?: ComponentChildren;
  readonly actions?: ComponentChildren;
}

/** The title of a page, one sentence on how things stand, and its one filled button. */
export function PageHead({ title, lead, sign, actions }: PageHeadProps) {
  return (
    <header class="head">
      {sign}
      <div class="head-words">
        <h1>{title}</h1>
        {lead === undefined ? null : <p class="lead">{lead}</p>}
      </div>
      {actions === undefined ? null : <div class="actions">{actions}</div>}
    </header>
  );
}
