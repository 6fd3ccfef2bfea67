import { element, icon } from './element.js';
import { currentPlace, fill } from './page.js';

/** Somebody let go of something: what, and the directory it fell on. */
export type Dropped = (transfer: DataTransfer, directory: string) => void;

/** The whole window takes drops; over the row of a folder, that folder does. */
export function watchDrops(dropped: Dropped): void {
  let overlay: HTMLElement | null = null;
  let row: Element | null = null;
  const mark = (next: Element | null) => {
    if (next !== row) row?.classList.remove('drop-here');
    row = next;
    row?.classList.add('drop-here');
    overlay?.classList.toggle('aside', row !== null);
  };
  const clear = () => {
    mark(null);
    overlay?.remove();
    overlay = null;
  };
  document.addEventListener('dragover', (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    const place = currentPlace();
    if (event.dataTransfer) event.dataTransfer.dropEffect = place ? 'copy' : 'none';
    if (!place) return;
    overlay ??= show();
    mark(rowOf(event));
  });
  document.addEventListener('dragleave', (event) => {
    if (event.relatedTarget === null) clear();
  });
  document.addEventListener('drop', (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    const directory = row?.getAttribute('data-folder') ?? currentPlace()?.directory;
    clear();
    if (event.dataTransfer && directory !== undefined) dropped(event.dataTransfer, directory);
  });
  addEventListener('blur', clear);
}

function hasFiles({ dataTransfer }: DragEvent): boolean {
  // A question that is open comes first.
  if (document.querySelector('dialog[open]')) return false;
  return dataTransfer?.types.includes('Files') ?? false;
}

function rowOf({ target }: DragEvent): Element | null {
  return target instanceof Element ? target.closest('[data-folder]') : null;
}

function show(): HTMLElement {
  const place = currentPlace();
  if (!place) throw new Error('There is nowhere to drop.');
  const { words, name, icons } = place;
  const overlay = element(
    'div',
    { class: 'drop-overlay', 'aria-hidden': 'true' },
    element(
      'div',
      {},
      element('span', { class: 'drop-sign' }, icon(icons, 'down')),
      element('p', { class: 'drop-title' }, fill(words.dropTitle, { place: name })),
      element('p', {}, words.dropText),
    ),
  );
  document.body.append(overlay);
  return overlay;
}
