import { LinkButton, SubmitButton } from '../web/components/button.js';
import { PageHead } from '../web/components/page-head.js';
import { Trail, type TrailStep } from '../web/components/trail.js';
import type { AdministratorVisit } from '../web/routes.js';
import { AdminPage } from './admin-page.js';

interface ConfirmationProps {
  readonly visit: AdministratorVisit;
  readonly steps: readonly TrailStep[];
  /** A question; the button answers it with a verb. */
  readonly title: string;
  readonly text: string;
  readonly submit: string;
  readonly action: string;
  readonly back: string;
  /** Whom it is about, as the form sends it. */
  readonly who: string;
}

/** The last word before an act that ends something for somebody: a page, so that it works without scripts. */
export function Confirmation({ visit, steps, title, text, submit, action, back, who }: ConfirmationProps) {
  return (
    <AdminPage visit={visit} title={title}>
      <Trail
        label={visit.words.kit.trail}
        steps={[...steps, { label: submit, href: visit.request.url ?? action }]}
      />
      <div class="reading">
        <PageHead title={title} lead={text} />
        <form method="post" action={action} class="actions">
          <input type="hidden" name="who" value={who} />
          <LinkButton look="outline" href={back}>
            {visit.words.kit.cancel}
          </LinkButton>
          <SubmitButton look="danger">{submit}</SubmitButton>
        </form>
      </div>
    </AdminPage>
  );
}
