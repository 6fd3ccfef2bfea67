import type { ComponentChildren } from 'preact';
import { Brand } from '../components/brand.js';
import { FilCut } from '../components/fil.js';
import type { IconName } from '../components/icon.js';
import type { Visit } from '../routes.js';
import { Document } from './document.js';
import { Foot } from './foot.js';
import { LanguageSwitch } from './language-switch.js';

interface CalmProps {
  readonly visit: Visit;
  readonly title: string;
  readonly icon: IconName;
  readonly tone?: 'plain' | 'good';
  /** What happened and what to do. */
  readonly text: string;
  readonly actions: ComponentChildren;
  readonly note?: ComponentChildren;
}

/** One sentence in the middle of an empty page: failures, links that are spent, answers that need no menu. */
export function Calm({ visit, title, icon, tone = 'plain', text, actions, note }: CalmProps) {
  return (
    <Document visit={visit} title={title} layout="calm">
      <header class="calm-bar">
        <Brand houseName={visit.houseName} href="/" />
        <LanguageSwitch visit={visit} />
      </header>
      <main id="contenu">
        <FilCut icon={icon} tone={tone} />
        <h1>{title}</h1>
        <p class="lead">{text}</p>
        <div class="actions">{actions}</div>
        {note === undefined ? null : <p class="hint">{note}</p>}
      </main>
      <Foot visit={visit} />
    </Document>
  );
}
