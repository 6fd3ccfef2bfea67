import { HOUSE_TEXT_PATHS } from '../house-text-paths.js';
import type { Visit } from '../routes.js';

/** The terms are read where they are accepted, and from the other texts. */
const NAMES = ['legal-notice', 'personal-data', 'accessibility', 'contact'] as const;

/** At the end of every page: what the law and visitors ask of any site. */
export function Foot({ visit }: { readonly visit: Visit }) {
  const { names, foot } = visit.words.texts;
  return (
    <footer class="foot">
      <nav aria-label={foot}>
        <ul>
          {NAMES.map((name) => (
            <li>
              <a
                href={HOUSE_TEXT_PATHS[name]}
                aria-current={visit.path === HOUSE_TEXT_PATHS[name] ? 'page' : undefined}
              >
                {names[name]}
              </a>
            </li>
          ))}
        </ul>
      </nav>
    </footer>
  );
}
