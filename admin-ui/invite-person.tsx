import { CheckField } from '../web/components/check-field.js';
import { SelectField, TextField } from '../web/components/field.js';
import { parseLanguage } from '../web/language.js';
import type { AdministratorVisit, Answer } from '../web/routes.js';
import { ACCOUNTS_PATH, INVITE_PATH } from './addresses.js';
import type { Faults } from './form-faults.js';
import { type FieldsProps, type FormView, formRoutes } from './form-page.js';
import { parseSide, sideChoices } from './sides.js';

/** A new person, who chooses the password behind the link of a mail. */
export const invitePersonRoutes = formRoutes({
  act: 'invite-person',
  path: INVITE_PATH,
  faultTable: {
    reasons: {
      address: { field: 'address', fault: 'address' },
      name: { field: 'name', fault: 'name' },
      side: { field: 'side', fault: 'side' },
    },
    taken: { field: 'address', fault: 'address-taken' },
  },
  view,
  Fields,
  submit,
});

async function submit(visit: AdministratorVisit): Promise<Answer | Faults> {
  const words = visit.words.forms.faults;
  const text = (name: string) => (visit.form.get(name) ?? '').trim();
  const side = parseSide(visit.form.get('side'));
  const faults = new Map<string, string>();
  for (const name of ['address', 'name']) if (text(name) === '') faults.set(name, words.required);
  if (side === undefined) faults.set('side', words.side);
  if (side === undefined || faults.size > 0) return faults;
  const account = await visit.administration.createPerson({
    address: text('address'),
    name: text('name'),
    side,
    isAdministrator: visit.form.get('administrator') === 'yes',
    language: parseLanguage(visit.form.get('language')) ?? 'fr',
  });
  return { kind: 'redirect', to: ACCOUNTS_PATH, notice: { key: 'person-invited', subject: account.login } };
}

function view(visit: AdministratorVisit): FormView {
  const words = visit.words.administration.accounts;
  return {
    title: words.inviteTitle,
    lead: words.inviteLead,
    steps: [
      { label: words.title, href: ACCOUNTS_PATH },
      { label: words.inviteTitle, href: INVITE_PATH },
    ],
    action: INVITE_PATH,
    submit: words.inviteSubmit,
    back: ACCOUNTS_PATH,
  };
}

function Fields({ visit, faults }: FieldsProps) {
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
