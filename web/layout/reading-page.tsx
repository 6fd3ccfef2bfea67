import type { ComponentChildren } from 'preact';
import { Brand } from '../components/brand.js';
import type { Visit } from '../routes.js';
import { Document } from './document.js';
import { Foot } from './foot.js';
import { LanguageSwitch } from './language-switch.js';

interface ReadingPageProps {
  readonly visit: Visit;
  readonly title: string;
  readonly children: ComponentChildren;
}

/** A text for everybody, signed in or not: no menu, only the way home. */
export function ReadingPage({ visit, title, children }: ReadingPageProps) {
  return (
    <Document visit={visit} title={title} layout="paper">
      <header class="calm-bar">
        <Brand houseName={visit.houseName} href="/" />
        <LanguageSwitch visit={visit} />
      </header>
      <main id="contenu">{children}</main>
      <Foot visit={visit} />
    </Document>
  );
}
