import { element } from './element.js';

/** « Déposer »: its links lead to a plain form; here they open the browser's own pickers. */
export function watchChoosers(chosen: (files: FileList) => void): void {
  document.addEventListener('click', (event) => {
    const target = event.target instanceof Element ? event.target.closest('[data-choose]') : null;
    if (!target) return;
    event.preventDefault();
    target.closest('details')?.removeAttribute('open');
    const input = element('input', { type: 'file', multiple: '' });
    if (target.getAttribute('data-choose') === 'folder') input.webkitdirectory = true;
    input.addEventListener('change', () => {
      if (input.files && input.files.length > 0) chosen(input.files);
    });
    input.click();
  });
  document.addEventListener('click', ({ target }) => close((menu) => !menu.contains(target as Node)));
  document.addEventListener('keydown', ({ key }) => {
    if (key === 'Escape') close(() => true);
  });
  reveal();
}

/** What only a script can do is shown by one. */
export function reveal(): void {
  for (const part of document.querySelectorAll<HTMLElement>('[data-choose][hidden]')) part.hidden = false;
}

function close(isAside: (menu: Element) => boolean): void {
  for (const menu of document.querySelectorAll('details.menu[open]'))
    if (isAside(menu)) {
      if (menu.contains(document.activeElement)) menu.querySelector('summary')?.focus();
      menu.removeAttribute('open');
    }
}
