import { STATUS } from '../protocols/status.js';
import { isStorageError, StorageError } from '../storage/index.js';
import { Alert } from '../web/components/alert.js';
import { SubmitButton } from '../web/components/button.js';
import { TextField } from '../web/components/field.js';
import { PasswordFields, PasswordVerdict } from '../web/components/password-fields.js';
import { Gate } from '../web/layout/gate.js';
import type { Answer, Route, Visit } from '../web/routes.js';
import { enter } from './enter.js';
import { forgetLink, linkArrival, linkToken } from './link-cookie.js';
import { type Faults, NO_FAULTS, passwordFault, readNewPassword } from './new-password.js';
import { answerSpentLink } from './spent-link.js';

const PATH = '/installation';

/** The first administrator; from then on none of these addresses exists. */
export const setUpRoutes: readonly Route[] = [
  {
    act: 'set-up-page',
    method: 'GET',
    path: PATH,
    access: 'everyone',
    handle: (visit) => show(visit, NO_FAULTS),
  },
  { act: 'set-up', method: 'POST', path: PATH, access: 'everyone', handle: setUp },
  linkArrival(PATH, 'set-up-link', assertNotSetUp),
];

async function show(visit: Visit, faults: Faults): Promise<Answer> {
  await assertNotSetUp(visit);
  const state = await visit.context.storage.enrolment.setUpLink(linkToken(visit));
  if (state !== 'valid') return answerSpentLink({ visit, state, purpose: 'setUp' });
  return {
    kind: 'page',
    ...(faults.size > 0 && { status: STATUS['invalid-input'].http }),
    page: <SetUpPage visit={visit} faults={faults} />,
  };
}

async function assertNotSetUp(visit: Visit): Promise<void> {
  if (await visit.context.storage.enrolment.isSetUp())
    throw new StorageError('not-found', 'This installation has its first administrator.');
}

async function setUp(visit: Visit): Promise<Answer> {
  await assertNotSetUp(visit);
  const { password, faults } = readNewPassword(visit);
  const text = (name: string) => (visit.form.get(name) ?? '').trim();
  const first = { houseName: text('house-name'), name: text('name'), address: text('address') };
  const empty = Object.entries({ 'house-name': first.houseName, name: first.name, address: first.address })
    .filter(([, value]) => value === '')
    .map(([name]) => [name, visit.words.forms.faults.required] as const);
  if (empty.length > 0 || faults.size > 0) return show(visit, new Map([...empty, ...faults]));
  try {
    const { language } = visit;
    const { enrolment } = visit.context.storage;
    const account = await enrolment.setUp(linkToken(visit), { ...first, password, language }, visit.origin);
    return await enter(visit, account, { key: 'set-up', subject: first.houseName }, [forgetLink(PATH)]);
  } catch (error) {
    if (isStorageError(error, 'gone')) return show(visit, NO_FAULTS);
    const refused = passwordFault(error, visit.words) ?? fieldFault(error, visit);
    if (refused === undefined) throw error;
    return show(visit, refused);
  }
}

function fieldFault(error: unknown, visit: Visit): Faults | undefined {
  if (!isStorageError(error, 'invalid-input')) return undefined;
  const { faults } = visit.words.forms;
  if (error.reason === 'address') return new Map([['address', faults.address]]);
  if (error.reason === 'house-name') return new Map([['house-name', faults.name]]);
  return error.reason === 'name' ? new Map([['name', faults.name]]) : undefined;
}

function SetUpPage({ visit, faults }: { readonly visit: Visit; readonly faults: Faults }) {
  const words = visit.words.links.setUp;
  const { forms } = visit.words;
  return (
    <Gate visit={visit} title={words.title} headline={words.headline} islands={['password']}>
      <h1>{words.title}</h1>
      <p class="lead">{words.lead}</p>
      {faults.size > 0 ? <Alert tone="bad" title={forms.faults.summary} /> : null}
      <form method="post" action={PATH}>
        <TextField
          name="house-name"
          label={forms.houseName}
          hint={forms.houseNameHint}
          value={visit.form.get('house-name')}
          fault={faults.get('house-name')}
          autocomplete="organization"
          maxLength={200}
          autofocus={faults.size === 0}
          required
        />
        <TextField
          name="name"
          label={forms.name}
          value={visit.form.get('name')}
          fault={faults.get('name')}
          autocomplete="name"
          maxLength={200}
          required
        />
        <TextField
          name="address"
          type="email"
          label={forms.address}
          value={visit.form.get('address')}
          fault={faults.get('address')}
          autocomplete="username"
          required
        />
        <PasswordFields words={forms} faults={faults} />
        <SubmitButton look="filled" size="big">
          {words.submit}
        </SubmitButton>
        <PasswordVerdict words={forms} />
      </form>
    </Gate>
  );
}
