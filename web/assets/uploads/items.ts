import type { judge, makeFolders } from './asking.js';
import type { Place } from './page.js';

/** What to do where the name is taken. */
export type Clash = 'none' | 'replace' | 'keep-both';

/**
 * `offline` waits for the network or for a busy server, `signed-out` for its person. `checking`: all bytes are there, the proof is
 * not.
 */
export type State =
  | 'waiting'
  | 'sending'
  | 'checking'
  | 'paused'
  | 'offline'
  | 'signed-out'
  | 'done'
  | 'refused'
  | 'cancelled';

/** One file on its way. */
export interface Item {
  readonly file: File;
  /** Groups first, with a leading slash. */
  readonly path: string;
  readonly name: string;
  clash: Clash;
  state: State;
  sentBytes: number;
  /** Its SHA-256 was read here and told back by the server. */
  isVerified: boolean;
  /** Why it was refused. */
  sentence: string;
  /** How often it was begun again since bytes last arrived, and when it is next (on the clock of `performance.now`). */
  tries: number;
  retryAt: number;
}

export function newItem(path: string, file: File, clash: Clash): Item {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return {
    ...{ file, path, name, clash },
    ...{ state: 'waiting', sentBytes: 0, isVerified: false, sentence: '', tries: 0, retryAt: 0 },
  };
}

/** It will go on by itself, or is about to end. */
export function isUnderWay({ state }: Item): boolean {
  return state === 'waiting' || state === 'offline' || state === 'signed-out' || isActive(state);
}

export function isActive(state: State): boolean {
  return state === 'sending' || state === 'checking';
}

/** Why a file did not arrive. `network`: it may go on by itself later. `taken`: somebody was quicker with that name. */
export interface Failure {
  readonly kind: 'network' | 'signed-out' | 'taken' | 'refused';
  readonly sentence: string;
}

/** What the part that sends tells of one file. */
export interface SendingEvents {
  progress(sentBytes: number): void;
  /** Published. */
  done(isVerified: boolean): void;
  failed(failure: Failure): void;
}

/** A file being sent. */
export interface Sending {
  /** What has come stays on the server, to go on from. */
  pause(): void;
  /** What has come is thrown away, also after a pause or a failure. */
  cancel(): void;
}

export interface SendOptions {
  readonly item: Item;
  readonly accountId: string;
  /** Null for a file too large to be read twice. */
  readonly digest: Promise<string> | null;
}

/** `islands/sending.ts`, loaded with the first file. */
export interface SendingModule {
  readonly judge: typeof judge;
  readonly makeFolders: typeof makeFolders;
  send(options: SendOptions, events: SendingEvents): Sending;
  askAboutClashes(taken: readonly Taken[], place: Place): Promise<Choice[]>;
  askToSignIn(place: Place): Promise<void>;
}

/** A file whose name is taken, and what is known of the one that bears it. */
export interface Taken {
  readonly name: string;
  readonly facts: string;
}

/** What is to become of it; null leaves it out. */
export type Choice = Clash | null;
