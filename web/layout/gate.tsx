import type { ComponentChildren } from 'preact';
import { Brand } from '../components/brand.js';
import { FilOfPromise } from '../components/fil.js';
import type { IslandName, Visit } from '../routes.js';
import { Document } from './document.js';
import { Foot } from './foot.js';
import { LanguageSwitch } from './language-switch.js';

interface GateProps {
  readonly visit: Visit;
  readonly title: string;
  /** Two lines for the green panel. */
  readonly headline: readonly string[];
  readonly islands?: readonly IslandName[];
  readonly children: ComponentChildren;
}

/** The door of the house: what PEPS promises on one half, one short form on the other. */
export function Gate({ visit, title, headline, islands = [], children }: GateProps) {
  const { kit } = visit.words;
  return (
    <Document visit={visit} title={title} layout="gate" islands={islands}>
      <aside class="promise">
        <Brand houseName={visit.houseName} />
        <div class="promise-middle">
          <p class="headline">
            {headline.map((line) => (
              <span>{line} </span>
            ))}
          </p>
          <FilOfPromise words={kit.fil} />
        </div>
        <p class="promise-foot">{[kit.productLong, visit.houseName].filter(Boolean).join(' · ')}</p>
      </aside>
      <div class="entrance">
        <LanguageSwitch visit={visit} />
        <main id="contenu">{children}</main>
        <Foot visit={visit} />
      </div>
    </Document>
  );
}
