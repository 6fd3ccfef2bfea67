import { formatPath, type VirtualPath } from '../../storage/index.js';
import { SubmitButton } from '../../web/components/button.js';
import type { MemberVisit } from '../../web/routes.js';
import { SEARCH_PATH } from '../addresses.js';

/** Looks in the group that the path lies in. */
export function SearchForm({
  visit,
  path,
  text = '',
}: {
  readonly visit: MemberVisit;
  readonly path: VirtualPath;
  readonly text?: string;
}) {
  const words = visit.words.search;
  return (
    <search>
      <form method="get" action={SEARCH_PATH} class="search">
        <input type="hidden" name="dans" value={formatPath({ segments: path.segments.slice(0, 1) })} />
        <label class="unseen" for="q">
          {words.label}
        </label>
        <input
          type="search"
          id="q"
          name="q"
          value={text}
          placeholder={words.label}
          maxLength={100}
          required
        />
        <SubmitButton look="outline" icon="search" label={words.submit} />
      </form>
    </search>
  );
}
