import { LinkButton, SubmitButton } from '../../web/components/button.js';
import { deletionsAddress, directoryAddress } from '../addresses.js';
import { withEach } from '../refused.js';
import { selectionRoute } from './act.js';
import { refusedAnswer, SelectionPage } from './page.js';

const SEGMENT = 'supprimer';

/** All that was ticked goes, after a question. */
export const removeSelectionRoute = selectionRoute('remove', SEGMENT, async (visit, chosen) => {
  const { entries, directory, workspace } = chosen;
  const words = visit.words.selection.remove;
  const back = directoryAddress(directory);
  if (chosen.isConfirmed) {
    const refused = await withEach(visit, entries, ({ path }) => workspace.remove(path));
    if (refused.length > 0) return refusedAnswer(visit, chosen, refused);
    return {
      kind: 'redirect',
      to: back,
      notice: {
        key: 'entries-removed',
        subject: String(entries.length),
        next: { kind: 'look', path: deletionsAddress(directory) },
      },
    };
  }
  return {
    kind: 'page',
    page: (
      <SelectionPage
        {...{ visit, chosen }}
        title={words.title(entries.length)}
        lead={words.lead}
        action={`/selection/${SEGMENT}`}
      >
        <div class="actions">
          <SubmitButton look="danger" name="confirm" value="yes">
            {words.submit(entries.length)}
          </SubmitButton>
          <LinkButton look="text" href={back}>
            {visit.words.kit.cancel}
          </LinkButton>
        </div>
      </SelectionPage>
    ),
  };
});
