import type { ComponentChildren } from 'preact';
import type { Words } from '../i18n/words.js';
import { Icon, type IconName } from './icon.js';

/** One dot of the fil and the words beside it. */
export interface FilStep {
  readonly title: string;
  readonly text?: ComponentChildren;
  readonly state: 'done' | 'now' | 'later';
}

/** Le fil de remise: the way of a document, dot by dot. The words carry the state, the dots repeat it. */
export function Fil({ steps }: { readonly steps: readonly FilStep[] }) {
  return (
    <ol class="fil">
      {steps.map(({ title, text, state }) => (
        <li class={state} aria-current={state === 'now' ? 'step' : undefined}>
          <b>{title}</b>
          {text === undefined ? null : <span>{text}</span>}
        </li>
      ))}
    </ol>
  );
}

/** The way every document goes, as the sign-in panel promises it. */
export function FilOfPromise({ words }: { readonly words: Words['kit']['fil'] }) {
  return (
    <Fil
      steps={[
        { title: words.deposited, text: words.depositedBy, state: 'done' },
        { title: words.verified, text: words.verifiedBy, state: 'done' },
        { title: words.handedOver, text: words.handedOverTo, state: 'now' },
        { title: words.erased, text: words.erasedBut, state: 'later' },
      ]}
    />
  );
}

/** The fil with something in its middle: cut off for failures, missing for what is empty. */
export function FilCut({
  icon,
  tone = 'plain',
}: {
  readonly icon: IconName;
  readonly tone?: 'plain' | 'good';
}) {
  return (
    <div class={`fil-cut ${tone}`} aria-hidden="true">
      <span class="dot" />
      <span class="thread" />
      <span class="middle">
        <Icon name={icon} />
      </span>
      <span class="thread open" />
      <span class="dot open" />
    </div>
  );
}
