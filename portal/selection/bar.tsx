import { SubmitButton } from '../../web/components/button.js';
import type { MemberVisit } from '../../web/routes.js';

/** What can be done with what is ticked; shown as soon as something is. */
export function SelectionBar({
  visit,
  mayDeposit,
}: {
  readonly visit: MemberVisit;
  readonly mayDeposit: boolean;
}) {
  const words = visit.words.selection;
  return (
    <section class="selection" aria-label={words.label}>
      <output data-one={words.one} data-other={words.other}>
        {words.label}
      </output>
      <SubmitButton look="text" icon="down">
        {words.download}
      </SubmitButton>
      {mayDeposit ? (
        <>
          <SubmitButton look="text" icon="move" action="/selection/deplacer">
            {words.move.short}
          </SubmitButton>
          <SubmitButton look="text" icon="copy" action="/selection/copier">
            {words.copy.short}
          </SubmitButton>
          <SubmitButton look="text" icon="trash" action="/selection/supprimer">
            {words.remove.short}
          </SubmitButton>
        </>
      ) : null}
    </section>
  );
}
