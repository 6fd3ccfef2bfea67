import { Icon } from './icon.js';

export interface TrailStep {
  readonly label: string;
  readonly href: string;
}

/** Where one is; the last step is the page itself. */
export function Trail({ label, steps }: { readonly label: string; readonly steps: readonly TrailStep[] }) {
  return (
    <nav class="trail" aria-label={label}>
      <ol>
        {steps.map((step, index) => (
          <li>
            <a href={step.href} aria-current={index === steps.length - 1 ? 'page' : undefined}>
              {step.label}
            </a>
            {index === steps.length - 1 ? null : <Icon name="right" />}
          </li>
        ))}
      </ol>
    </nav>
  );
}
