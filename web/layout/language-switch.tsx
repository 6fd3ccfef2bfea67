import type { Language } from '../../storage/index.js';
import { Icon } from '../components/icon.js';
import type { Visit } from '../routes.js';

const LANGUAGES: readonly Language[] = ['fr', 'en'];

/** A form, because it sets a cookie; leads back to the page one reads. */
export function LanguageSwitch({ visit }: { readonly visit: Visit }) {
  const { kit } = visit.words;
  return (
    <form class="languages" method="post" action="/langue" aria-label={kit.language}>
      <Icon name="globe" />
      <input type="hidden" name="next" value={visit.request.url ?? '/'} />
      {LANGUAGES.map((language) => (
        <button
          type="submit"
          name="language"
          value={language}
          lang={language}
          title={kit.languages[language]}
          aria-current={language === visit.language ? 'true' : undefined}
        >
          {language.toUpperCase()}
        </button>
      ))}
    </form>
  );
}
