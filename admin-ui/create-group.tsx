import { TextField } from '../web/components/field.js';
import type { AdministratorVisit, Answer } from '../web/routes.js';
import { GROUPS_PATH, groupAddress, NEW_GROUP_PATH } from './addresses.js';
import type { Faults } from './form-faults.js';
import { type FieldsProps, type FormView, formRoutes } from './form-page.js';

const BYTES_PER_GIGABYTE = 1e9;

/** A new group: its name and, if wanted, its quota. */
export const createGroupRoutes = formRoutes({
  act: 'create-group',
  path: NEW_GROUP_PATH,
  faultTable: {
    reasons: {
      name: { field: 'name', fault: 'name' },
      quota: { field: 'quota', fault: 'quota' },
    },
    taken: { field: 'name', fault: 'name-taken' },
  },
  view,
  Fields,
  submit,
});

async function submit(visit: AdministratorVisit): Promise<Answer | Faults> {
  const words = visit.words.forms.faults;
  const name = (visit.form.get('name') ?? '').trim();
  const quotaBytes = parseGigabytes(visit.form.get('quota') ?? '');
  const faults = new Map<string, string>();
  if (name === '') faults.set('name', words.required);
  if (quotaBytes === null) faults.set('quota', words.quota);
  if (faults.size > 0) return faults;
  const group = await visit.administration.createGroup({
    name,
    ...(quotaBytes === undefined || quotaBytes === null ? {} : { quotaBytes }),
  });
  return {
    kind: 'redirect',
    to: groupAddress(group.directory),
    notice: { key: 'group-created', subject: group.name },
  };
}

/** « 1,5 » or "1.5"; undefined when empty, null when it is no number of gigabytes. */
function parseGigabytes(text: string): number | null | undefined {
  const trimmed = text.trim();
  if (trimmed === '') return undefined;
  if (!/^\d{1,6}(?:[.,]\d{1,3})?$/u.test(trimmed)) return null;
  const sizeBytes = Math.round(Number(trimmed.replace(',', '.')) * BYTES_PER_GIGABYTE);
  return sizeBytes > 0 ? sizeBytes : null;
}

function view(visit: AdministratorVisit): FormView {
  const words = visit.words.administration.groups;
  return {
    title: words.create,
    lead: words.createLead,
    steps: [
      { label: words.title, href: GROUPS_PATH },
      { label: words.create, href: NEW_GROUP_PATH },
    ],
    action: NEW_GROUP_PATH,
    submit: words.createSubmit,
    back: GROUPS_PATH,
  };
}

function Fields({ visit, faults }: FieldsProps) {
  const { forms, kit } = visit.words;
  return (
    <>
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
    </>
  );
}
