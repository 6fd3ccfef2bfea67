import { digestOf } from './digests.js';
import {
  type Choice,
  type Failure,
  type Item,
  isActive,
  isUnderWay,
  type Sending,
  type SendingModule,
} from './items.js';
import type { Place } from './page.js';

/** Requests at once: browsers open six connections, one stays for the pages. A large file counts twice. */
const ROOM = 5;
const LARGE_BYTES = 8 * 1024 * 1024;
const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 30_000;

/** What the queue asks of the page around it. */
export interface QueueHooks {
  changed(): void;
  deposited(item: Item): void;
  /** Somebody was quicker with that name: what now? */
  taken(item: Item): Promise<Choice>;
  /** Resolves when the person is signed in again. */
  signIn(): Promise<void>;
  /** The part that sends; asked for again after it could not be had. */
  load(): Promise<SendingModule>;
}

/** All files of this window, in the order in which they were given, until their person takes them off the list. */
export class Queue {
  readonly items: Item[] = [];
  readonly #waiting: Item[] = [];
  readonly #active = new Set<Item>();
  /** Each file's last attempt: by it what has come can be thrown away. */
  readonly #sendings = new Map<Item, Sending>();
  readonly #hooks: QueueHooks;
  readonly #place: Place;
  #isSigningIn = false;

  constructor(place: Place, hooks: QueueHooks) {
    this.#place = place;
    this.#hooks = hooks;
    addEventListener('online', () => this.#wakeAll());
  }

  add(items: readonly Item[]): void {
    this.items.push(...items);
    this.#waiting.push(...items.filter((item) => item.state === 'waiting'));
    this.#pump();
  }

  pause(item: Item): void {
    if (!isUnderWay(item)) return;
    this.#active.delete(item);
    this.#sendings.get(item)?.pause();
    this.#set(item, 'paused');
    this.#pump();
  }

  /** Goes on with what was paused, refused or waits for the network. */
  resume(item: Item): void {
    if (isActive(item.state) || item.state === 'done') return;
    item.sentence = '';
    item.tries = 0;
    this.#queue(item);
  }

  /** What has come of it is thrown away; what is deposited stays. */
  cancel(item: Item): void {
    this.#active.delete(item);
    this.#sendings.get(item)?.cancel();
    this.#set(item, 'cancelled');
    this.remove(item);
    this.#pump();
  }

  /** Takes an ended one off the list. */
  remove(item: Item): void {
    this.#sendings.delete(item);
    this.items.splice(this.items.indexOf(item), 1);
    this.#hooks.changed();
  }

  pauseAll(): void {
    for (const item of this.items.filter(isUnderWay)) this.pause(item);
  }

  resumeAll(): void {
    for (const item of this.items) if (item.state === 'paused') this.resume(item);
  }

  clear(): void {
    this.items.length = 0;
    this.#sendings.clear();
    this.#hooks.changed();
  }

  get isBusy(): boolean {
    return this.items.some(isUnderWay);
  }

  #queue(item: Item): void {
    this.#waiting.push(item);
    this.#set(item, 'waiting');
  }

  #pump(): void {
    let room = ROOM - [...this.#active].reduce((sum, item) => sum + weight(item), 0);
    for (;;) {
      const next = this.#waiting[0];
      if (!next || (room < weight(next) && this.#active.size > 0)) return;
      this.#waiting.shift();
      if (next.state !== 'waiting') continue;
      room -= weight(next);
      this.#begin(next);
    }
  }

  #begin(item: Item): void {
    const { accountId, digest } = this.#place;
    this.#set(item, 'sending');
    this.#active.add(item);
    const failed = (failure: Failure) => this.#failed(item, failure);
    this.#hooks
      .load()
      .then(({ send }) => {
        // Paused or given up while the part that sends was on its way.
        if (!this.#active.has(item)) return;
        const options = { item, accountId, digest: digestOf(item.file, digest) };
        const progress = (sentBytes: number) => this.#progressed(item, sentBytes);
        const done = (isVerified: boolean) => this.#done(item, isVerified);
        this.#sendings.set(item, send(options, { progress, done, failed }));
      })
      .catch(() => failed({ kind: 'network', sentence: '' }));
  }

  #progressed(item: Item, sentBytes: number): void {
    if (!isActive(item.state)) return;
    if (sentBytes > item.sentBytes) item.tries = 0;
    item.sentBytes = sentBytes;
    this.#set(item, sentBytes >= item.file.size ? 'checking' : 'sending');
  }

  #done(item: Item, isVerified: boolean): void {
    this.#active.delete(item);
    this.#sendings.delete(item);
    item.sentBytes = item.file.size;
    item.isVerified = isVerified;
    this.#set(item, 'done');
    this.#hooks.deposited(item);
    this.#pump();
  }

  #failed(item: Item, { kind, sentence }: Failure): void {
    this.#active.delete(item);
    item.sentence = sentence;
    if (kind === 'network') this.#waitForNetwork(item);
    else if (kind === 'signed-out') this.#waitForPerson(item);
    else this.#set(item, 'refused');
    if (kind === 'taken') void this.#ask(item);
    this.#pump();
  }

  /** Until there is an answer it stands as refused. */
  async #ask(item: Item): Promise<void> {
    const choice = await this.#hooks.taken(item).catch(() => null);
    if (choice === null || item.state !== 'refused') return;
    item.clash = choice;
    this.resume(item);
  }

  #waitForNetwork(item: Item): void {
    const pause = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** item.tries);
    item.tries += 1;
    item.retryAt = performance.now() + pause;
    this.#set(item, 'offline');
    setTimeout(() => this.#wake(item), pause);
  }

  #wake(item: Item): void {
    if (item.state === 'offline' && performance.now() >= item.retryAt - 50) this.#queue(item);
    this.#pump();
  }

  #wakeAll(): void {
    for (const item of this.items) if (item.state === 'offline') this.#queue(item);
    this.#pump();
  }

  #waitForPerson(item: Item): void {
    this.#set(item, 'signed-out');
    if (this.#isSigningIn) return;
    this.#isSigningIn = true;
    void this.#hooks.signIn().then(() => {
      this.#isSigningIn = false;
      for (const one of this.items) if (one.state === 'signed-out') this.#queue(one);
      this.#pump();
    });
  }

  #set(item: Item, state: Item['state']): void {
    item.state = state;
    this.#hooks.changed();
    if (state === 'waiting') queueMicrotask(() => this.#pump());
  }
}

function weight(item: Item): number {
  return item.file.size > LARGE_BYTES ? 2 : 1;
}
