import type { GroupSummary, Side } from '../storage/index.js';
import { SelectField, TextField } from '../web/components/field.js';
import type { AdministratorVisit, Answer } from '../web/routes.js';
import { GROUPS_PATH, groupAddress } from './addresses.js';
import type { Faults } from './form-faults.js';
import { type FieldsProps, type FormView, formRoutes } from './form-page.js';
import { parseRole, ROLES } from './roles.js';
import { RolesExplained } from './roles-explained.js';
import { parseSide, sideChoices } from './sides.js';

/** Adds somebody by address; an address without an account is invited. */
export const addMemberRoutes = formRoutes({
  act: 'add-member',
  path: `${GROUPS_PATH}/:directory/ajouter`,
  faultTable: {
    reasons: {
      address: { field: 'address', fault: 'address' },
      name: { field: 'name', fault: 'name' },
      role: { field: 'role', fault: 'role' },
      side: { field: 'side', fault: 'side' },
    },
    taken: { field: 'address', fault: 'address-taken' },
  },
  view,
  Fields,
  submit,
});

async function submit(visit: AdministratorVisit): Promise<Answer | Faults> {
  const group = await findGroup(visit);
  const words = visit.words.forms.faults;
  const text = (name: string) => (visit.form.get(name) ?? '').trim();
  const role = parseRole(visit.form.get('role'));
  const side = parseSide(visit.form.get('side'));
  const faults = new Map<string, string>();
  if (text('address') === '') faults.set('address', words.required);
  if (role === undefined) faults.set('role', words.role);
  if (side === undefined) faults.set('side', words.side);
  if (role === undefined || side === undefined || faults.size > 0) return faults;
  const { created } = await visit.administration.addMember(group.directory, {
    address: text('address'),
    role,
    side,
    ...(text('name') === '' ? {} : { name: text('name') }),
  });
  return {
    kind: 'redirect',
    to: groupAddress(group.directory),
    notice: { key: created ? 'member-invited' : 'member-added', subject: text('address') },
  };
}

function findGroup(visit: AdministratorVisit): Promise<GroupSummary> {
  return visit.administration.group(visit.params.directory ?? '');
}

async function view(visit: AdministratorVisit): Promise<FormView> {
  const group = await findGroup(visit);
  const { groups, group: words } = visit.words.administration;
  const here = groupAddress(group.directory, '/ajouter');
  return {
    title: words.add,
    lead: words.addLead,
    steps: [
      { label: groups.title, href: GROUPS_PATH },
      { label: group.name, href: groupAddress(group.directory) },
      { label: words.add, href: here },
    ],
    action: here,
    submit: words.add,
    back: groupAddress(group.directory),
  };
}

const DEFAULT_SIDE: Side = 'partner';

function Fields({ visit, faults }: FieldsProps) {
  const { group: words, roles } = visit.words.administration;
  const { forms, kit } = visit.words;
  return (
    <>
      <TextField
        name="address"
        type="email"
        label={forms.address}
        value={visit.form.get('address')}
        fault={faults.get('address')}
        required
        autofocus
      />
      <SelectField
        name="role"
        label={forms.role}
        value={visit.form.get('role') ?? 'contributor'}
        choices={ROLES.map((role) => ({ value: role, label: roles[role] }))}
        fault={faults.get('role')}
      />
      <fieldset>
        <legend>{words.newcomer}</legend>
        <TextField
          name="name"
          label={`${forms.name} (${kit.optional})`}
          hint={forms.nameHint}
          value={visit.form.get('name')}
          fault={faults.get('name')}
          maxLength={200}
        />
        <SelectField
          name="side"
          label={forms.side}
          value={visit.form.get('side') ?? DEFAULT_SIDE}
          choices={sideChoices(visit)}
          fault={faults.get('side')}
        />
      </fieldset>
      <RolesExplained visit={visit} />
    </>
  );
}
