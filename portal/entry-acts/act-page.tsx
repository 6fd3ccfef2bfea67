import type { ComponentChildren } from 'preact';
import { STATUS } from '../../protocols/status.js';
import { isStorageError, type StorageError } from '../../storage/index.js';
import { Alert } from '../../web/components/alert.js';
import { LinkButton, SubmitButton } from '../../web/components/button.js';
import { PageHead } from '../../web/components/page-head.js';
import { Trail, type TrailStep } from '../../web/components/trail.js';
import { explain } from '../../web/explain.js';
import type { Answer, MemberVisit, Route } from '../../web/routes.js';
import { PortalPage } from '../portal-page.js';

/** One act on a page of its own: GET asks, POST does it or asks again with the reason why not. */
export interface ActPage {
  /** Name of the act; `ACT-page` is the page's. */
  readonly act: string;
  readonly path: string;
  view(visit: MemberVisit): Promise<ActView>;
  /** Throws what storage throws; what a person can mend is said on the page. */
  submit(visit: MemberVisit): Promise<Answer>;
}

/** What stands on the page. */
export interface ActView {
  readonly title: string;
  readonly lead: string;
  readonly steps: readonly TrailStep[];
  readonly children?: ComponentChildren;
  readonly action: string;
  /** Undefined where there is nothing to decide yet. */
  readonly submit: string | undefined;
  readonly look: 'filled' | 'danger';
  /** Where « Annuler » leads. */
  readonly back: string;
  readonly fields?: ComponentChildren;
}

/** What going elsewhere, not another value, would mend is a failure page like any other. */
const UNMENDABLE = ['unauthenticated', 'not-found', 'unavailable'];

export function actRoutes(page: ActPage): readonly Route[] {
  const { act, path } = page;
  return [
    { act: `${act}-page`, method: 'GET', path, access: 'member', handle: (visit) => show(page, visit) },
    { act, method: 'POST', path, access: 'member', handle: (visit) => submit(page, visit) },
  ];
}

async function submit(page: ActPage, visit: MemberVisit): Promise<Answer> {
  try {
    return await page.submit(visit);
  } catch (error) {
    if (!isStorageError(error) || UNMENDABLE.includes(error.code)) throw error;
    return show(page, visit, error);
  }
}

async function show(page: ActPage, visit: MemberVisit, refusal?: StorageError): Promise<Answer> {
  return {
    kind: 'page',
    ...(refusal && { status: STATUS[refusal.code].http }),
    page: <Page visit={visit} view={await page.view(visit)} refusal={refusal} />,
  };
}

interface PageProps {
  readonly visit: MemberVisit;
  readonly view: ActView;
  readonly refusal: StorageError | undefined;
}

function Page({ visit, view, refusal }: PageProps) {
  const { kit } = visit.words;
  return (
    <PortalPage visit={visit} title={view.title}>
      <Trail label={kit.trail} steps={view.steps} />
      <div class="reading">
        <PageHead title={view.title} lead={view.lead} />
        {refusal === undefined ? null : <Alert tone="bad" title={explain(refusal, visit.words).sentence} />}
        {view.children}
        <form method="post" action={view.action} class="form">
          {view.fields}
          <div class="actions">
            {view.submit === undefined ? null : <SubmitButton look={view.look}>{view.submit}</SubmitButton>}
            <LinkButton look="text" href={view.back}>
              {kit.cancel}
            </LinkButton>
          </div>
        </form>
      </div>
    </PortalPage>
  );
}
