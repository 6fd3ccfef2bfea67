/** Ticking in a list as in a file explorer: ranges, everything, nothing. Without this file each box is ticked by itself. */
let last: HTMLInputElement | undefined;

reveal();
document.addEventListener('page-shown', reveal);
document.addEventListener('click', (event) => {
  const { target, shiftKey } = event;
  if (!(target instanceof Element)) return;
  if (target.matches('[data-pick-all]')) tick(boxes(), (target as HTMLInputElement).checked);
  else pick(target, shiftKey);
});
document.addEventListener('keydown', (event) => {
  const { key, target } = event;
  const all = boxes();
  if (all.length === 0 || document.querySelector('dialog[open]')) return;
  if (key === 'Escape' && all.some(({ checked }) => checked)) {
    tick(all, false);
    (last ?? all[0])?.focus();
  } else if (key === 'a' && (event.ctrlKey || event.metaKey) && !isText(target)) {
    event.preventDefault();
    tick(all, true);
  } else if (key === 'ArrowDown' || key === 'ArrowUp') {
    const place = all.indexOf(target as HTMLInputElement);
    if (place === -1) return;
    event.preventDefault();
    all[place + (key === 'ArrowDown' ? 1 : -1)]?.focus();
  }
});

function boxes(): HTMLInputElement[] {
  return [...document.querySelectorAll<HTMLInputElement>('.pick [name]')];
}

/** A box, or the room a row leaves between its links. */
function pick(target: Element, isRange: boolean): void {
  const box = target.closest('.entries tbody tr')?.querySelector<HTMLInputElement>('.pick [name]');
  if (!box || (target !== box && target.closest('a, button, input, summary'))) return;
  if (target !== box) {
    if (String(getSelection()) !== '' && !isRange) return;
    getSelection()?.empty();
    box.checked = !box.checked;
  }
  const all = boxes();
  const ends = [last ? all.indexOf(last) : -1, all.indexOf(box)].sort((one, other) => one - other);
  const [from = -1, to = -1] = ends;
  tick(isRange && from >= 0 ? all.slice(from, to + 1) : [box], box.checked);
  last = box;
}

function tick(some: readonly HTMLInputElement[], checked: boolean): void {
  for (const box of some) box.checked = checked;
  tell();
}

function tell(): void {
  const all = boxes();
  const { length } = all.filter(({ checked }) => checked);
  const output = document.querySelector<HTMLElement>('.selection output');
  const { one = '', other = '' } = output?.dataset ?? {};
  if (output) output.textContent = (length === 1 ? one : other).replace('{n}', String(length));
  const whole = document.querySelector<HTMLInputElement>('[data-pick-all]');
  if (!whole) return;
  whole.checked = length === all.length;
  whole.indeterminate = length > 0 && !whole.checked;
}

function isText(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.matches('textarea, select, input:not([type="checkbox"])');
}

function reveal(): void {
  last = undefined;
  for (const box of document.querySelectorAll<HTMLInputElement>('[data-pick-all]')) box.hidden = false;
  tell();
}
