import { HOUSE_TEXT_NAMES, type HouseText, type HouseTextName } from '../../storage/index.js';
import { LinkButton } from '../../web/components/button.js';
import { Instant } from '../../web/components/instant.js';
import { PlainText } from '../../web/components/plain-text.js';
import { HOUSE_TEXT_PATHS } from '../../web/house-text-paths.js';
import { ReadingPage } from '../../web/layout/reading-page.js';
import type { Route, Visit } from '../../web/routes.js';

/** What the house says of itself: to be read by everybody, signed in or not. */
export const houseTextRoutes: readonly Route[] = HOUSE_TEXT_NAMES.map((name) => ({
  act: `text-${name}`,
  method: 'GET',
  path: HOUSE_TEXT_PATHS[name],
  access: 'everyone',
  async handle(visit) {
    const text = await visit.context.storage.houseText(name, visit.language);
    return { kind: 'page', page: <TextPage visit={visit} name={name} text={text} /> };
  },
}));

interface TextPageProps {
  readonly visit: Visit;
  readonly name: HouseTextName;
  readonly text: HouseText | undefined;
}

function TextPage({ visit, name, text }: TextPageProps) {
  const { texts, kit } = visit.words;
  const ours = texts.ours[name];
  return (
    <ReadingPage visit={visit} title={texts.names[name]}>
      <h1>{texts.names[name]}</h1>
      {text === undefined ? (
        <p class="lead">{texts.unwritten[name](visit.houseName || kit.product)}</p>
      ) : (
        <div class="prose" lang={text.language}>
          <PlainText text={text.body} />
        </div>
      )}
      {ours === null ? null : (
        <section class="prose">
          <PlainText text={ours} />
        </section>
      )}
      {text === undefined ? null : (
        <p class="hint">
          {texts.written(text.version)} <Instant at={text.changedAt} format={visit.format} style="day" />
        </p>
      )}
      <div class="actions">
        <LinkButton look="outline" icon="home" href="/">
          {kit.home}
        </LinkButton>
        {name === 'terms' ? null : (
          <LinkButton look="text" href={HOUSE_TEXT_PATHS.terms}>
            {texts.names.terms}
          </LinkButton>
        )}
      </div>
    </ReadingPage>
  );
}
