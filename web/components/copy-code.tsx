import { Icon } from './icon.js';

interface CopyCodeProps {
  readonly text: string;
  /** What the button does, for those who do not see what it stands beside. */
  readonly label: string;
  readonly words: { readonly copy: string; readonly copied: string };
}

/** A text to be typed elsewhere, whole and selectable; its button shows where there is a script (islands/copy.ts). */
export function CopyCode({ text, label, words }: CopyCodeProps) {
  return (
    <div class="code">
      <code>{text}</code>
      <button
        type="button"
        class="button text"
        data-copy={text}
        data-copied={words.copied}
        aria-label={label}
        hidden
      >
        <Icon name="copy" />
        <span data-said aria-live="polite">
          {words.copy}
        </span>
      </button>
    </div>
  );
}
