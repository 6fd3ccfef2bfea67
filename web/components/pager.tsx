import type { Words } from '../i18n/words.js';

interface PagerProps {
  readonly words: Words['kit'];
  readonly status?: string | undefined;
  readonly previous?: string | undefined;
  readonly next?: string | undefined;
  readonly previousLabel?: string;
  readonly nextLabel?: string;
}

/** Links to the page before and the page after; nothing where there is none. */
export function Pager({ words, status, previous, next, previousLabel, nextLabel }: PagerProps) {
  return (
    <nav class="pager" aria-label={words.pages}>
      <span>{status}</span>
      {previous === undefined ? null : (
        <a href={previous} rel="prev">
          {previousLabel ?? words.previous}
        </a>
      )}
      {next === undefined ? null : (
        <a href={next} rel="next">
          {nextLabel ?? words.next}
        </a>
      )}
    </nav>
  );
}
