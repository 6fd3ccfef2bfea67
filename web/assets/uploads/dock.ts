import { createRow, type DockRow } from './dock-row.js';
import { element, icon } from './element.js';
import { type Item, isActive } from './items.js';
import { count, fill, type Place } from './page.js';
import type { Queue } from './queue.js';
import { Speed, type Totals, totalPercent, totalsOf } from './totals.js';

/** More rows than this nobody reads, and browsers become slow. */
const MAX_ROWS = 100;
const DRAW_MS = 250;

/** What is on its way, at the bottom of the window; it stays when pages change. */
export class Dock {
  readonly #place: Place;
  readonly #queue: Queue;
  readonly #rows = new Map<Item, DockRow>();
  readonly #speeds = new Map<Item, Speed>();
  readonly #speed = new Speed();
  readonly #parts: ReturnType<typeof build>;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #announced = 0;
  #refused = 0;
  #title = '';

  constructor(place: Place, queue: Queue) {
    this.#place = place;
    this.#queue = queue;
    this.#parts = build(place);
    const { hold, fold, close, root } = this.#parts;
    hold.addEventListener('click', () => (queue.isBusy ? queue.pauseAll() : queue.resumeAll()));
    fold.addEventListener('click', () => {
      const isFolded = root.classList.toggle('folded');
      fold.setAttribute('aria-expanded', String(!isFolded));
    });
    close.addEventListener('click', () => queue.clear());
  }

  /** Draws soon; many changes are one drawing. */
  changed(): void {
    this.#timer ??= setTimeout(() => this.#draw(), DRAW_MS);
  }

  /** A sentence that is not about one file. */
  note(text: string): void {
    this.#parts.note.textContent = text;
    this.#parts.note.hidden = text === '';
    if (text !== '' && !this.#parts.root.isConnected) document.body.append(this.#parts.root);
    this.changed();
  }

  #draw(): void {
    this.#timer = undefined;
    const { items } = this.#queue;
    const { root, note } = this.#parts;
    if (items.length === 0 && note.hidden) {
      root.remove();
      this.#forget();
      this.#showTitle('');
      return;
    }
    if (!root.isConnected) document.body.append(root);
    this.#drawHead(totalsOf(items), totalPercent(items));
    this.#drawRows(items);
    if (items.some(({ state }) => state === 'offline' || isActive(state))) this.changed();
  }

  #drawHead(totals: Totals, percent: number): void {
    const { words, language } = this.#place;
    const { summary, bar, hold, close, root } = this.#parts;
    const { note, underWay, paused, refused, all } = { ...totals, note: this.#parts.note };
    const speed = this.#speed.note(totals.sentBytes, performance.now());
    const facts = [count(language, words.doneOf, totals.done, { all: all.toLocaleString(language) })];
    if (underWay > 0 && totals.offline > 0) facts.push(words.noNetwork);
    else if (underWay > 0 && speed > 0) facts.push(this.#timeLeft(totals, speed));
    if (refused > 0) facts.push(count(language, words.refusals, refused));
    setText(summary, all === 0 ? (note.textContent ?? '') : facts.join(' · '));
    bar.value = percent;
    root.classList.toggle('waiting-for-network', totals.offline > 0);
    hold.hidden = underWay + paused === 0;
    close.hidden = underWay > 0;
    const label = underWay > 0 ? words.pauseAll : words.resumeAll;
    if (hold.title !== label) {
      hold.title = label;
      hold.setAttribute('aria-label', label);
      hold.replaceChildren(icon(this.#place.icons, underWay > 0 ? 'pause' : 'play'));
    }
    this.#announce(totals, percent);
    const shown = (percent / 100).toLocaleString(language, { style: 'percent' });
    this.#showTitle(underWay > 0 ? `${shown} · ` : '');
  }

  #timeLeft({ sentBytes, sizeBytes }: Totals, speed: number): string {
    const { words, language } = this.#place;
    const seconds = Math.max(1, Math.round((sizeBytes - sentBytes) / speed));
    if (seconds < 60) return words.lessThanMinute;
    const minutes = Math.round(seconds / 60);
    if (minutes < 60) return count(language, words.minutes, minutes);
    return count(language, words.hours, Math.round(minutes / 60));
  }

  #drawRows(items: readonly Item[]): void {
    const shown = choose(items);
    const { list, more } = this.#parts;
    const { words, language } = this.#place;
    for (const [item, row] of this.#rows)
      if (!shown.has(item)) {
        row.element.remove();
        this.#rows.delete(item);
        this.#speeds.delete(item);
      }
    let position = 0;
    for (const item of shown) {
      const row = this.#rows.get(item) ?? createRow(item, this.#place, this.#queue);
      this.#rows.set(item, row);
      if (list.children[position] !== row.element)
        list.insertBefore(row.element, list.children[position] ?? null);
      position += 1;
      row.update(this.#speedOf(item));
    }
    const others = items.length - shown.size;
    setText(more, others > 0 ? count(language, words.others, others) : '');
  }

  #speedOf(item: Item): number {
    if (item.state !== 'sending') return 0;
    const speed = this.#speeds.get(item) ?? new Speed();
    this.#speeds.set(item, speed);
    return speed.note(item.sentBytes, performance.now());
  }

  /** Every quarter, the end, and each refusal are said to those who do not see the bars. */
  #announce(totals: Totals, percent: number): void {
    const { words, language } = this.#place;
    const { status, alert } = this.#parts;
    const quarter = Math.floor(percent / 25) * 25;
    const isOver = totals.underWay + totals.paused === 0 && totals.all > 0;
    if (isOver && this.#announced !== 100)
      status.textContent = count(language, words.doneOf, totals.done, {
        all: totals.all.toLocaleString(language),
      });
    else if (quarter > this.#announced) status.textContent = fill(words.announced, { percent: quarter });
    this.#announced = isOver ? 100 : quarter;
    if (totals.refused > this.#refused) {
      const item = this.#queue.items.filter(({ state }) => state === 'refused').at(-1);
      alert.textContent = `${item?.name}. ${fill(words.refused, { why: item?.sentence ?? '' })}`;
    }
    this.#refused = totals.refused;
  }

  #showTitle(prefix: string): void {
    const bare = document.title.startsWith(this.#title)
      ? document.title.slice(this.#title.length)
      : document.title;
    document.title = prefix + bare;
    this.#title = prefix;
  }

  #forget(): void {
    for (const row of this.#rows.values()) row.element.remove();
    this.#rows.clear();
    this.#speeds.clear();
    this.#announced = 0;
    this.#refused = 0;
  }
}

/** What needs somebody first, then what moves, then what waits, then the latest that are done; shown in their own order. */
function choose(items: readonly Item[]): Set<Item> {
  if (items.length <= MAX_ROWS) return new Set(items);
  const chosen = new Set<Item>();
  const take = (some: readonly Item[]) => {
    for (const item of some) if (chosen.size < MAX_ROWS) chosen.add(item);
  };
  take(items.filter(({ state }) => state === 'refused'));
  take(items.filter(({ state }) => isActive(state) || state === 'offline' || state === 'signed-out'));
  take(items.filter(({ state }) => state === 'paused').slice(0, MAX_ROWS / 2));
  take(items.filter(({ state }) => state === 'waiting').slice(0, MAX_ROWS / 4));
  take(items.filter(({ state }) => state === 'done').slice(-MAX_ROWS / 4));
  return new Set(items.filter((item) => chosen.has(item)));
}

function setText(part: HTMLElement, text: string): void {
  if (part.textContent !== text) part.textContent = text;
}

function build({ words, icons, name }: Place) {
  const round = (drawing: string, label: string) =>
    element(
      'button',
      { type: 'button', class: 'round', title: label, 'aria-label': label },
      icon(icons, drawing),
    );
  const parts = {
    summary: element('p', { class: 'meta' }),
    bar: element('progress', { max: '100', 'aria-label': words.dock }),
    hold: round('pause', words.pauseAll),
    fold: round('chev', words.fold),
    close: round('cross', words.closeDock),
    list: element('ul', { class: 'dock-rows' }),
    more: element('p', { class: 'meta dock-more' }),
    note: element('p', { class: 'dock-note' }),
    status: element('p', { class: 'unseen', role: 'status' }),
    alert: element('p', { class: 'unseen', role: 'alert' }),
  };
  for (const part of [parts.note, parts.hold, parts.close]) part.hidden = true;
  parts.fold.setAttribute('aria-expanded', 'true');
  const title = element('h2', {}, fill(words.title, { place: name }));
  const { summary, hold, fold, close, bar, note, list, more, status, alert } = parts;
  const root = element(
    'section',
    { class: 'dock', 'aria-label': words.dock },
    element('header', {}, element('div', {}, title, summary), hold, fold, close),
    ...[bar, note, list, more, status, alert],
  );
  return { ...parts, title, root };
}
