import { STATUS } from '../protocols/status.js';
import { Alert } from '../web/components/alert.js';
import { LinkButton, SubmitButton } from '../web/components/button.js';
import { TextField } from '../web/components/field.js';
import { PageHead } from '../web/components/page-head.js';
import { Trail } from '../web/components/trail.js';
import type { AdministratorVisit, Answer, Route } from '../web/routes.js';
import { GROUPS_PATH, groupAddress, NEW_GROUP_PATH } from './addresses.js';
import { AdminPage } from './admin-page.js';
import { type Faults, type FaultTable, faultsOf, NO_FAULTS } from './form-faults.js';

const BYTES_PER_GIGABYTE = 1e9;

const FAULTS: FaultTable = {
  reasons: {
    name: { field: 'name', fault: 'name' },
    quota: { field: 'quota', fault: 'quota' },
  },
  taken: { field: 'name', fault: 'name-taken' },
};

/** A new group: its name and, if wanted, its quota. */
export const createGroupRoutes: readonly Route[] = [
  {
    act: 'create-group-page',
    method: 'GET',
    path: NEW_GROUP_PATH,
    access: 'administrator',
    handle: async (visit) => show(visit, NO_FAULTS),
  },
  { act: 'create-group', method: 'POST', path: NEW_GROUP_PATH, access: 'administrator', handle: create },
];

async function create(visit: AdministratorVisit): Promise<Answer> {
  const words = visit.words.forms.faults;
  const name = (visit.form.get('name') ?? '').trim();
  const quotaBytes = parseGigabytes(visit.form.get('quota') ?? '');
  const faults = new Map<string, string>();
  if (name === '') faults.set('name', words.required);
  if (quotaBytes === null) faults.set('quota', words.quota);
  if (faults.size > 0) return show(visit, faults);
  try {
    const group = await visit.administration.createGroup({
      name,
      ...(quotaBytes === undefined || quotaBytes === null ? {} : { quotaBytes }),
    });
    return {
      kind: 'redirect',
      to: groupAddress(group.directory),
      notice: { key: 'group-created', subject: group.name },
    };
  } catch (error) {
    const refused = faultsOf(error, FAULTS, visit.words);
    if (refused === undefined) throw error;
    return show(visit, refused);
  }
}

/** « 1,5 » or "1.5"; undefined when empty, null when it is no number of gigabytes. */
function parseGigabytes(text: string): number | null | undefined {
  const trimmed = text.trim();
  if (trimmed === '') return undefined;
  if (!/^\d{1,6}(?:[.,]\d{1,3})?$/u.test(trimmed)) return null;
  const sizeBytes = Math.round(Number(trimmed.replace(',', '.')) * BYTES_PER_GIGABYTE);
  return sizeBytes > 0 ? sizeBytes : null;
}

function show(visit: AdministratorVisit, faults: Faults): Answer {
  const words = visit.words.administration.groups;
  const { forms, kit } = visit.words;
  return {
    kind: 'page',
    ...(faults.size > 0 && { status: STATUS['invalid-input'].http }),
    page: (
      <AdminPage visit={visit} title={words.create}>
        <Trail
          label={kit.trail}
          steps={[
            { label: words.title, href: GROUPS_PATH },
            { label: words.create, href: NEW_GROUP_PATH },
          ]}
        />
        <div class="reading">
          <PageHead title={words.create} lead={words.createLead} />
          {faults.size > 0 ? <Alert tone="bad" title={forms.faults.summary} /> : null}
          <form method="post" action={NEW_GROUP_PATH} class="form">
            <TextField
              name="name"
              label={forms.groupName}
              value={visit.form.get('name')}
              fault={faults.get('name')}
              maxLength={200}
              required
              autofocus
            />
            <TextField
              name="quota"
              label={`${forms.quota} (${kit.optional})`}
              hint={forms.quotaHint}
              value={visit.form.get('quota')}
              fault={faults.get('quota')}
              inputmode="decimal"
              maxLength={12}
            />
            <div class="actions">
              <SubmitButton look="filled">{words.createSubmit}</SubmitButton>
              <LinkButton look="text" href={GROUPS_PATH}>
                {kit.cancel}
              </LinkButton>
            </div>
          </form>
        </div>
      </AdminPage>
    ),
  };
}
