import type { ComponentChildren } from 'preact';
import { formatPath } from '../../storage/index.js';
import { LinkButton } from '../../web/components/button.js';
import { PageHead } from '../../web/components/page-head.js';
import { Trail } from '../../web/components/trail.js';
import { HttpStatus } from '../../web/http-status.js';
import type { Answer, MemberVisit } from '../../web/routes.js';
import { directoryAddress } from '../addresses.js';
import { PortalPage } from '../portal-page.js';
import { type Refused, RefusedAlert } from '../refused.js';
import { trailTo } from '../trail-to.js';
import type { Chosen } from './chosen.js';

const SHOWN_NAMES = 10;

interface SelectionPageProps {
  readonly visit: MemberVisit;
  readonly chosen: Chosen;
  readonly title: string;
  readonly lead: string;
  /** Where its form goes. */
  readonly action: string;
  readonly children: ComponentChildren;
}

/** Asks about what was ticked before it is done; the form carries the ticks on. */
export function SelectionPage({ visit, chosen, title, lead, action, children }: SelectionPageProps) {
  const { entries, directory } = chosen;
  const words = visit.words.selection;
  return (
    <PortalPage visit={visit} title={title}>
      <Trail label={visit.words.kit.trail} steps={trailTo(visit, directory)} />
      <div class="reading">
        <PageHead title={title} lead={lead} />
        <ul class="chosen">
          {entries.slice(0, SHOWN_NAMES).map(({ name }) => (
            <li>{name}</li>
          ))}
          {entries.length > SHOWN_NAMES ? <li>{words.others(entries.length - SHOWN_NAMES)}</li> : null}
        </ul>
        <form method="post" action={action} class="form">
          {entries.map(({ id }) => (
            <input type="hidden" name="element" value={id} />
          ))}
          <input type="hidden" name="from" value={formatPath(directory)} />
          {children}
        </form>
      </div>
    </PortalPage>
  );
}

/** What could not be done, name by name; the rest is done. */
export function refusedAnswer(
  visit: MemberVisit,
  { entries, directory }: Chosen,
  refused: readonly Refused[],
): Answer {
  const words = visit.words.selection;
  const title = words.partly(entries.length - refused.length);
  return {
    kind: 'page',
    status: HttpStatus.conflict,
    page: (
      <PortalPage visit={visit} title={title}>
        <Trail label={visit.words.kit.trail} steps={trailTo(visit, directory)} />
        <div class="reading">
          <PageHead title={title} />
          <RefusedAlert visit={visit} title={words.refused(refused.length)} refused={refused} />
          <div class="actions">
            <LinkButton look="filled" href={directoryAddress(directory)}>
              {visit.words.deposit.page.back}
            </LinkButton>
          </div>
        </div>
      </PortalPage>
    ),
  };
}
