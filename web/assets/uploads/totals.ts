import { type Item, isUnderWay, type State } from './items.js';

/** All files together. */
export interface Totals {
  readonly all: number;
  readonly done: number;
  readonly refused: number;
  readonly underWay: number;
  readonly paused: number;
  readonly offline: number;
  readonly sentBytes: number;
  readonly sizeBytes: number;
}

export function totalsOf(items: readonly Item[]): Totals {
  const inState = (state: State) => items.reduce((sum, item) => sum + Number(item.state === state), 0);
  const wanted = items.filter((item) => item.state !== 'refused');
  return {
    all: items.length,
    done: inState('done'),
    refused: inState('refused'),
    paused: inState('paused'),
    offline: inState('offline'),
    underWay: items.reduce((sum, item) => sum + Number(isUnderWay(item)), 0),
    sentBytes: wanted.reduce((sum, item) => sum + item.sentBytes, 0),
    sizeBytes: wanted.reduce((sum, item) => sum + item.file.size, 0),
  };
}

/** Small files take time beyond their bytes: each counts as at least so many. */
const LEAST_BYTES = 16_384;

/** From 0 to 100, and 100 only when every file is deposited. */
export function totalPercent(items: readonly Item[]): number {
  const weightOf = (item: Item) => Math.max(LEAST_BYTES, item.file.size);
  let sent = 0;
  let all = 0;
  for (const item of items) {
    if (item.state === 'refused') continue;
    const weight = weightOf(item);
    all += weight;
    if (item.state === 'done') sent += weight;
    else if (item.file.size > 0) sent += (weight * item.sentBytes) / item.file.size;
  }
  const isDone = items.every(({ state }) => state === 'done' || state === 'refused');
  return all === 0 || isDone ? 100 : Math.min(99, Math.floor((sent * 100) / all));
}

/** Bytes a second over the last five seconds. */
export class Speed {
  readonly #samples: { readonly at: number; readonly bytes: number }[] = [];

  note(bytes: number, at: number): number {
    this.#samples.push({ at, bytes });
    while (at - (this.#samples[0]?.at ?? at) > 5000) this.#samples.shift();
    const [first] = this.#samples;
    if (!first || at - first.at < 900) return 0;
    return Math.max(0, ((bytes - first.bytes) * 1000) / (at - first.at));
  }
}
