import type { VNode } from 'preact';
import { useContext } from 'preact/hooks';
import { render } from 'preact-render-to-string';
import { LaterParts } from '../later-parts.js';
import { IconSprite } from './icon.js';
import { ROW_GROUP } from './table-roles.js';

interface ManyRowsProps<Item> {
  readonly items: readonly Item[];
  readonly row: (item: Item) => VNode;
}

/** Rows made between two turns of the event loop. */
const ROWS_AT_ONCE = 25;

/**
 * The body of a table that may have hundreds of rows: what stands above it leaves before they are made, and other requests get
 * their turn in between. Rows see of the page's contexts the icons alone.
 */
export function ManyRows<Item>({ items, row }: ManyRowsProps<Item>) {
  const icons = useContext(IconSprite);
  const later = useContext(LaterParts);
  const text = (item: Item) => render(<IconSprite.Provider value={icons}>{row(item)}</IconSprite.Provider>);
  function* pieces() {
    for (let start = 0; start < items.length; start += ROWS_AT_ONCE)
      yield items
        .slice(start, start + ROWS_AT_ONCE)
        .map(text)
        .join('');
  }
  return <tbody {...ROW_GROUP} dangerouslySetInnerHTML={{ __html: later.keep(pieces()) }} />;
}
