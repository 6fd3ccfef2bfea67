import type { ComponentChildren } from 'preact';
import { IconSprite } from '../components/icon.js';
import type { IslandName, Visit } from '../routes.js';

interface DocumentProps {
  readonly visit: Visit;
  readonly title: string;
  readonly layout: 'shell' | 'gate' | 'calm' | 'paper';
  readonly islands?: readonly IslandName[];
  readonly children: ComponentChildren;
}

/** The frame of every page: language, style sheet, the islands it needs, and a way past the menu. */
export function Document({ visit, title, layout, islands = [], children }: DocumentProps) {
  const { words, assets, houseName } = visit;
  return (
    <html lang={visit.language}>
      <head>
        <meta charset="utf-8" />
        <title>{[title, houseName, words.kit.product].filter(Boolean).join(' · ')}</title>
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="robots" content="noindex" />
        <link rel="icon" type="image/svg+xml" href={assets.mark} />
        <link rel="stylesheet" href={assets.style} />
        {islands.map((name) => (
          <script type="module" src={assets.island(name)} />
        ))}
      </head>
      <body class={layout}>
        <a class="skip" href="#contenu">
          {words.kit.skip}
        </a>
        <IconSprite.Provider value={assets.icons}>{children}</IconSprite.Provider>
      </body>
    </html>
  );
}
