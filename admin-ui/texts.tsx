import { HOUSE_TEXT_NAMES, type HouseText, type HouseTextName, type Language } from '../storage/index.js';
import { LinkButton } from '../web/components/button.js';
import { DataTable } from '../web/components/data-table.js';
import { Instant } from '../web/components/instant.js';
import { PageHead } from '../web/components/page-head.js';
import { HOUSE_TEXT_PATHS } from '../web/house-text-paths.js';
import type { AdministratorVisit, Route } from '../web/routes.js';
import { TEXTS_PATH, textAddress } from './addresses.js';
import { AdminPage } from './admin-page.js';

const LANGUAGES: readonly Language[] = ['fr', 'en'];

/** The house's texts, and which of them are written. */
export const textsRoute: Route = {
  act: 'texts',
  method: 'GET',
  path: TEXTS_PATH,
  access: 'administrator',
  async handle(visit) {
    const written = await visit.administration.houseTexts();
    return { kind: 'page', page: <TextsPage visit={visit} written={written} /> };
  },
};

interface TextsPageProps {
  readonly visit: AdministratorVisit;
  readonly written: readonly HouseText[];
}

function TextsPage({ visit, written }: TextsPageProps) {
  const { names, administration: words } = visit.words.texts;
  return (
    <AdminPage visit={visit} title={words.title}>
      <PageHead title={words.title} lead={words.lead} />
      <DataTable
        caption={words.title}
        rows={HOUSE_TEXT_NAMES}
        columns={[
          {
            label: words.name,
            kind: 'main',
            cell: (name) => <a href={HOUSE_TEXT_PATHS[name]}>{names[name]}</a>,
          },
          ...LANGUAGES.map((language) => ({
            label: words.state[language],
            cell: (name: HouseTextName) => <State {...{ visit, written, name, language }} />,
          })),
        ]}
      />
    </AdminPage>
  );
}

function State({
  visit,
  written,
  name,
  language,
}: TextsPageProps & { readonly name: HouseTextName; readonly language: Language }) {
  const { names, administration: words } = visit.words.texts;
  const text = written.find((one) => one.name === name && one.language === language);
  return (
    <span class="text-state">
      <span>
        {text === undefined ? (
          words.unwritten
        ) : (
          <>
            {words.writtenOn(text.version)} <Instant at={text.changedAt} format={visit.format} style="day" />
          </>
        )}
      </span>
      <LinkButton
        look="outline"
        size="small"
        href={textAddress(name, language)}
        label={words.editOne[language](names[name])}
      >
        {words.edit[language]}
      </LinkButton>
    </span>
  );
}
