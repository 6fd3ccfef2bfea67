import type { ComponentChildren } from 'preact';
import { STATUS } from '../protocols/status.js';
import { Alert } from '../web/components/alert.js';
import { LinkButton, SubmitButton } from '../web/components/button.js';
import { PageHead } from '../web/components/page-head.js';
import { Trail } from '../web/components/trail.js';
import type { AdministratorVisit, Answer, Route } from '../web/routes.js';
import { AdminPage } from './admin-page.js';
import { type Faults, type FaultTable, faultsOf, NO_FAULTS } from './form-faults.js';

/** One form on a page of its own: GET shows it, POST does the act or shows it again with what is wrong. */
export interface FormPage {
  /** Name of the act; `ACT-page` is the page's. */
  readonly act: string;
  readonly path: string;
  /** Which field explains a refusal of storage. */
  readonly faultTable: FaultTable;
  view(visit: AdministratorVisit): FormView | Promise<FormView>;
  Fields(props: FieldsProps): ComponentChildren;
  /** @returns what the fields alone can tell is wrong, or the answer of the act. Throws what storage throws */
  submit(visit: AdministratorVisit): Promise<Answer | Faults>;
}

export interface FieldsProps {
  readonly visit: AdministratorVisit;
  readonly faults: Faults;
  readonly view: FormView;
}

/** What stands around the fields. */
export interface FormView {
  readonly title: string;
  readonly lead: string;
  /** From the list the form belongs to down to this page. */
  readonly steps: readonly { readonly label: string; readonly href: string }[];
  readonly action: string;
  readonly submit: string;
  /** Where « Annuler » leads. */
  readonly back: string;
  /** What the form changes, as it stands. */
  readonly state?: string;
}

/** The page and the act of a form. */
export function formRoutes(form: FormPage): readonly Route[] {
  const { act, path } = form;
  return [
    {
      act: `${act}-page`,
      method: 'GET',
      path,
      access: 'administrator',
      handle: (visit) => show(form, visit, NO_FAULTS),
    },
    { act, method: 'POST', path, access: 'administrator', handle: (visit) => submit(form, visit) },
  ];
}

async function submit(form: FormPage, visit: AdministratorVisit): Promise<Answer> {
  try {
    const outcome = await form.submit(visit);
    return 'kind' in outcome ? outcome : await show(form, visit, outcome);
  } catch (error) {
    const refused = faultsOf(error, form.faultTable, visit.words);
    if (refused === undefined) throw error;
    return show(form, visit, refused);
  }
}

async function show(form: FormPage, visit: AdministratorVisit, faults: Faults): Promise<Answer> {
  return {
    kind: 'page',
    ...(faults.size > 0 && { status: STATUS['invalid-input'].http }),
    page: <Page form={form} view={await form.view(visit)} visit={visit} faults={faults} />,
  };
}

interface PageProps extends FieldsProps {
  readonly form: FormPage;
}

function Page({ form, view, visit, faults }: PageProps) {
  const { forms, kit } = visit.words;
  return (
    <AdminPage visit={visit} title={view.title}>
      <Trail label={kit.trail} steps={view.steps} />
      <div class="reading">
        <PageHead title={view.title} lead={view.lead} />
        {faults.size > 0 ? <Alert tone="bad" title={forms.faults.summary} /> : null}
        <form method="post" action={view.action} class="form">
          {form.Fields({ visit, faults, view })}
          <div class="actions">
            <SubmitButton look="filled">{view.submit}</SubmitButton>
            <LinkButton look="text" href={view.back}>
              {kit.cancel}
            </LinkButton>
          </div>
        </form>
      </div>
    </AdminPage>
  );
}
