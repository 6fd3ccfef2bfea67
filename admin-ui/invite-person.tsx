import { STATUS } from '../protocols/status.js';
import { Alert } from '../web/components/alert.js';
import { LinkButton, SubmitButton } from '../web/components/button.js';
import { CheckField } from '../web/components/check-field.js';
import { SelectField, TextField } from '../web/components/field.js';
import { PageHead } from '../web/components/page-head.js';
import { Trail } from '../web/components/trail.js';
import { parseLanguage } from '../web/language.js';
import type { AdministratorVisit, Answer, Route } from '../web/routes.js';
import { ACCOUNTS_PATH, INVITE_PATH } from './addresses.js';
import { AdminPage } from './admin-page.js';
import { type Faults, type FaultTable, faultsOf, NO_FAULTS } from './form-faults.js';
import { parseSide, sideChoices } from './sides.js';

const FAULTS: FaultTable = {
  reasons: {
    address: { field: 'address', fault: 'address' },
    name: { field: 'name', fault: 'name' },
    side: { field: 'side', fault: 'side' },
  },
  taken: { field: 'address', fault: 'address-taken' },
};

/** A new person, who chooses the password behind the link of a mail. */
export const invitePersonRoutes: readonly Route[] = [
  {
    act: 'invite-person-page',
    method: 'GET',
    path: INVITE_PATH,
    access: 'administrator',
    handle: async (visit) => show(visit, NO_FAULTS),
  },
  { act: 'invite-person', method: 'POST', path: INVITE_PATH, access: 'administrator', handle: invite },
];

async function invite(visit: AdministratorVisit): Promise<Answer> {
  const words = visit.words.forms.faults;
  const text = (name: string) => (visit.form.get(name) ?? '').trim();
  const side = parseSide(visit.form.get('side'));
  const faults = new Map<string, string>();
  for (const name of ['address', 'name']) if (text(name) === '') faults.set(name, words.required);
  if (side === undefined) faults.set('side', words.side);
  if (side === undefined || faults.size > 0) return show(visit, faults);
  try {
    const account = await visit.administration.createPerson({
      address: text('address'),
      name: text('name'),
      side,
      isAdministrator: visit.form.get('administrator') === 'yes',
      language: parseLanguage(visit.form.get('language')) ?? 'fr',
    });
    return { kind: 'redirect', to: ACCOUNTS_PATH, notice: { key: 'person-invited', subject: account.login } };
  } catch (error) {
    const refused = faultsOf(error, FAULTS, visit.words);
    if (refused === undefined) throw error;
    return show(visit, refused);
  }
}

function show(visit: AdministratorVisit, faults: Faults): Answer {
  const words = visit.words.administration.accounts;
  const { forms, kit } = visit.words;
  return {
    kind: 'page',
    ...(faults.size > 0 && { status: STATUS['invalid-input'].http }),
    page: (
      <AdminPage visit={visit} title={words.inviteTitle}>
        <Trail
          label={kit.trail}
          steps={[
            { label: words.title, href: ACCOUNTS_PATH },
            { label: words.inviteTitle, href: INVITE_PATH },
          ]}
        />
        <div class="reading">
          <PageHead title={words.inviteTitle} lead={words.inviteLead} />
          {faults.size > 0 ? <Alert tone="bad" title={forms.faults.summary} /> : null}
          <form method="post" action={INVITE_PATH} class="form">
            <Fields visit={visit} faults={faults} />
            <div class="actions">
              <SubmitButton look="filled">{words.inviteSubmit}</SubmitButton>
              <LinkButton look="text" href={ACCOUNTS_PATH}>
                {kit.cancel}
              </LinkButton>
            </div>
          </form>
        </div>
      </AdminPage>
    ),
  };
}

function Fields({ visit, faults }: { readonly visit: AdministratorVisit; readonly faults: Faults }) {
  const words = visit.words.administration.accounts;
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
      <TextField
        name="name"
        label={forms.name}
        hint={forms.nameHint}
        value={visit.form.get('name')}
        fault={faults.get('name')}
        maxLength={200}
        required
      />
      <SelectField
        name="side"
        label={forms.side}
        value={visit.form.get('side')}
        choices={sideChoices(visit)}
        fault={faults.get('side')}
      />
      <SelectField
        name="language"
        label={words.language}
        value={visit.form.get('language') ?? 'fr'}
        choices={[
          { value: 'fr', label: kit.languages.fr },
          { value: 'en', label: kit.languages.en },
        ]}
      />
      <CheckField
        name="administrator"
        label={words.isAdministrator}
        hint={words.isAdministratorHint}
        isChecked={visit.form.get('administrator') === 'yes'}
      />
    </>
  );
}
