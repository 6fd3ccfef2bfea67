import { STATUS } from '../protocols/status.js';
import type { GroupSummary, Side } from '../storage/index.js';
import { Alert } from '../web/components/alert.js';
import { LinkButton, SubmitButton } from '../web/components/button.js';
import { SelectField, TextField } from '../web/components/field.js';
import { PageHead } from '../web/components/page-head.js';
import { Trail } from '../web/components/trail.js';
import type { AdministratorVisit, Answer, Route } from '../web/routes.js';
import { GROUPS_PATH, groupAddress } from './addresses.js';
import { AdminPage } from './admin-page.js';
import { type Faults, type FaultTable, faultsOf, NO_FAULTS } from './form-faults.js';
import { parseRole, ROLES } from './roles.js';
import { RolesExplained } from './roles-explained.js';
import { parseSide, sideChoices } from './sides.js';

const PATH = `${GROUPS_PATH}/:directory/ajouter`;

const FAULTS: FaultTable = {
  reasons: {
    address: { field: 'address', fault: 'address' },
    name: { field: 'name', fault: 'name' },
    role: { field: 'role', fault: 'role' },
    side: { field: 'side', fault: 'side' },
  },
  taken: { field: 'address', fault: 'address-taken' },
};

/** Adds somebody by address; an address without an account is invited. */
export const addMemberRoutes: readonly Route[] = [
  {
    act: 'add-member-page',
    method: 'GET',
    path: PATH,
    access: 'administrator',
    handle: (visit) => show(visit, NO_FAULTS),
  },
  { act: 'add-member', method: 'POST', path: PATH, access: 'administrator', handle: add },
];

async function add(visit: AdministratorVisit): Promise<Answer> {
  const group = await findGroup(visit);
  const words = visit.words.forms.faults;
  const text = (name: string) => (visit.form.get(name) ?? '').trim();
  const role = parseRole(visit.form.get('role'));
  const side = parseSide(visit.form.get('side'));
  const faults = new Map<string, string>();
  if (text('address') === '') faults.set('address', words.required);
  if (role === undefined) faults.set('role', words.role);
  if (side === undefined) faults.set('side', words.side);
  if (role === undefined || side === undefined || faults.size > 0) return show(visit, faults);
  try {
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
  } catch (error) {
    const refused = faultsOf(error, FAULTS, visit.words);
    if (refused === undefined) throw error;
    return show(visit, refused);
  }
}

function findGroup(visit: AdministratorVisit): Promise<GroupSummary> {
  return visit.administration.group(visit.params.directory ?? '');
}

async function show(visit: AdministratorVisit, faults: Faults): Promise<Answer> {
  const group = await findGroup(visit);
  return {
    kind: 'page',
    ...(faults.size > 0 && { status: STATUS['invalid-input'].http }),
    page: <AddMemberPage visit={visit} group={group} faults={faults} />,
  };
}

interface AddMemberPageProps {
  readonly visit: AdministratorVisit;
  readonly group: GroupSummary;
  readonly faults: Faults;
}

function AddMemberPage({ visit, group, faults }: AddMemberPageProps) {
  const { groups, group: words } = visit.words.administration;
  const { forms, kit } = visit.words;
  const here = groupAddress(group.directory, '/ajouter');
  return (
    <AdminPage visit={visit} title={words.add}>
      <Trail
        label={kit.trail}
        steps={[
          { label: groups.title, href: GROUPS_PATH },
          { label: group.name, href: groupAddress(group.directory) },
          { label: words.add, href: here },
        ]}
      />
      <div class="reading">
        <PageHead title={words.add} lead={words.addLead} />
        {faults.size > 0 ? <Alert tone="bad" title={forms.faults.summary} /> : null}
        <form method="post" action={here} class="form">
          <Fields visit={visit} faults={faults} />
          <RolesExplained visit={visit} />
          <div class="actions">
            <SubmitButton look="filled">{words.add}</SubmitButton>
            <LinkButton look="text" href={groupAddress(group.directory)}>
              {kit.cancel}
            </LinkButton>
          </div>
        </form>
      </div>
    </AdminPage>
  );
}

const DEFAULT_SIDE: Side = 'partner';

function Fields({ visit, faults }: Pick<AddMemberPageProps, 'visit' | 'faults'>) {
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
    </>
  );
}
