import {
  HOUSE_TEXT_NAMES,
  type HouseTextName,
  type Language,
  MAX_HOUSE_TEXT_CHARACTERS,
  StorageError,
} from '../storage/index.js';
import { TextArea } from '../web/components/text-area.js';
import type { AdministratorVisit, Answer } from '../web/routes.js';
import { TEXTS_PATH, textAddress } from './addresses.js';
import { type FieldsProps, type FormView, formRoutes } from './form-page.js';

/** One of the house's texts, in one language. */
export const editTextRoutes = formRoutes({
  act: 'edit-text',
  path: `${TEXTS_PATH}/:name/:language`,
  faultTable: {
    reasons: { 'text-length': { field: 'body', fault: 'text-length' } },
    taken: { field: 'body', fault: 'text-length' },
  },
  view,
  Fields,
  submit,
});

async function submit(visit: AdministratorVisit): Promise<Answer> {
  const { name, language } = whichOf(visit);
  await visit.administration.setHouseText(name, language, visit.form.get('body') ?? '');
  const notice = { key: 'text-published', subject: visit.words.texts.names[name] } as const;
  return { kind: 'redirect', to: TEXTS_PATH, notice };
}

async function view(visit: AdministratorVisit): Promise<FormView> {
  const { name, language } = whichOf(visit);
  const { names, administration: words } = visit.words.texts;
  const title = words.editTitle[language](names[name]);
  const action = textAddress(name, language);
  const written = await visit.administration.houseTexts();
  return {
    title,
    lead: name === 'terms' ? words.termsLead : words.editLead,
    steps: [
      { label: words.title, href: TEXTS_PATH },
      { label: title, href: action },
    ],
    action,
    submit: words.submit,
    back: TEXTS_PATH,
    state: written.find((one) => one.name === name && one.language === language)?.body ?? '',
  };
}

function Fields({ visit, faults, view: { state } }: FieldsProps) {
  const { administration: words } = visit.words.texts;
  return (
    <TextArea
      name="body"
      label={words.body}
      hint={words.hint}
      value={visit.form.get('body') ?? state ?? ''}
      fault={faults.get('body')}
      language={whichOf(visit).language}
      maxLength={MAX_HOUSE_TEXT_CHARACTERS}
    />
  );
}

/** @throws not-found for a text there is not */
function whichOf(visit: AdministratorVisit): { readonly name: HouseTextName; readonly language: Language } {
  const name = HOUSE_TEXT_NAMES.find((one) => one === visit.params.name);
  const { language } = visit.params;
  if (name === undefined || (language !== 'fr' && language !== 'en'))
    throw new StorageError('not-found', 'There is no such text.', { reason: 'text' });
  return { name, language };
}
