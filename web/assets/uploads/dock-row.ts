import { element, icon } from './element.js';
import { type Item, isUnderWay } from './items.js';
import { fill, type Place, size } from './page.js';

/** One file in the dock. `update` writes only what changed. */
export interface DockRow {
  readonly element: HTMLLIElement;
  update(bytesPerSecond: number): void;
}

export interface RowActs {
  pause(item: Item): void;
  resume(item: Item): void;
  cancel(item: Item): void;
  remove(item: Item): void;
}

export function createRow(item: Item, place: Place, acts: RowActs): DockRow {
  const { words, icons } = place;
  const bar = element('progress', { max: '100', 'aria-label': item.name });
  const line = element('p', { class: 'meta' });
  const buttons = element('span', { class: 'dock-acts' });
  const name = element('b', { title: item.path }, item.name);
  const row = element('li', {}, element('div', { class: 'dock-name' }, name, buttons), line, bar);
  const act = (drawing: string, label: string, run: () => void) => {
    const label_ = fill(label, { name: item.name });
    const made = element('button', { type: 'button', class: 'round', title: label_, 'aria-label': label_ });
    made.append(icon(icons, drawing));
    made.addEventListener('click', run);
    return made;
  };
  const buttonsFor = (): Node[] => {
    if (item.state === 'done') return [icon(icons, 'check')];
    if (item.state === 'refused')
      return [
        act('retry', words.retry, () => acts.resume(item)),
        act('cross', words.close, () => acts.remove(item)),
      ];
    const hold = isUnderWay(item)
      ? act('pause', words.pause, () => acts.pause(item))
      : act('play', words.resume, () => acts.resume(item));
    return [hold, act('cross', words.cancel, () => acts.cancel(item))];
  };
  let shown = '';
  return {
    element: row,
    update(bytesPerSecond) {
      const text = lineOf(item, place, bytesPerSecond);
      if (line.textContent !== text) line.textContent = text;
      const percent = String(percentOf(item));
      if (bar.getAttribute('value') !== percent) bar.setAttribute('value', percent);
      if (shown === item.state) return;
      shown = item.state;
      row.className = item.state;
      bar.hidden = item.state === 'done' || item.state === 'refused';
      const hadFocus = buttons.contains(document.activeElement);
      buttons.replaceChildren(...buttonsFor());
      if (hadFocus) buttons.querySelector('button')?.focus();
    },
  };
}

/** Never 100 before the proof. */
export function percentOf({ state, sentBytes, file }: Item): number {
  if (state === 'done') return 100;
  return file.size === 0 ? 0 : Math.min(99, Math.floor((sentBytes * 100) / file.size));
}

function lineOf(item: Item, place: Place, bytesPerSecond: number): string {
  const { words, language } = place;
  const bytes = (value: number) => size(language, words.units, value);
  const percent = (percentOf(item) / 100).toLocaleString(language, { style: 'percent' });
  switch (item.state) {
    case 'sending':
      return fill(bytesPerSecond > 0 ? words.sendingAt : words.sending, {
        percent,
        sent: bytes(item.sentBytes),
        size: bytes(item.file.size),
        speed: bytes(bytesPerSecond),
      });
    case 'paused':
      return fill(words.paused, { percent });
    case 'offline':
      return fill(item.sentence === '' ? words.offline : words.busy, {
        why: item.sentence,
        seconds: Math.max(1, Math.ceil((item.retryAt - performance.now()) / 1000)),
      });
    case 'done':
      return item.isVerified ? words.verified : words.done;
    case 'refused':
      return fill(words.refused, { why: item.sentence || words.unreadable });
    case 'cancelled':
      return words.cancelled;
    case 'waiting':
      return fill(words.waiting, { size: bytes(item.file.size) });
    case 'checking':
      return words.checking;
    case 'signed-out':
      return words.signedOut;
  }
}
