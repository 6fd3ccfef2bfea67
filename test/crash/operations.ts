import type { CrashLabel } from '../../storage/crash-points.js';
import { VIEW } from './prepared.js';
import type { View } from './views.js';

/** Where a client finds the daemon. */
export interface Doors {
  readonly origin: string;
  readonly sftpPort: number;
  readonly password: string;
}

/** What is there after a death at one of some labels: all that Claire sees, and the lines the act left. */
export interface Outcome {
  readonly labels: readonly CrashLabel[];
  /** Those where it is killed, all unless told: the others belong to a way that another operation is killed on. */
  readonly tried?: readonly CrashLabel[];
  readonly view: View;
  /** What she sees over SFTP besides: what is parked. */
  readonly parked?: View;
  readonly lines: readonly string[];
}

/** Something a client asks for through a real door, and what each of the labels that it passes leaves of it. */
export interface Operation {
  readonly name: string;
  /** Resolves with whether the client was told of success; a broken connection is no success. */
  act(doors: Doors): Promise<boolean>;
  /** In the order of the steps; the last one is also what is there when nothing dies. */
  readonly outcomes: readonly [...Outcome[], Outcome];
  /** Its client is refused or hangs up, though nothing dies. */
  readonly isRefused?: true;
  /** A later passage of a label, tried besides the first. */
  readonly passages?: Readonly<Partial<Record<CrashLabel, readonly number[]>>>;
}

/** All as it was before, and nothing told. */
export function undone(labels: readonly CrashLabel[]): Outcome {
  return { labels, view: VIEW, lines: [] };
}

/** What stands under a path before. */
export function seen(path: string): string {
  return VIEW[path] ?? 'nothing';
}

/** All that is there before but an entry and what lies below it. */
export function without(path: string): View {
  return Object.fromEntries(
    Object.entries(VIEW).filter(([one]) => one !== path && !one.startsWith(`${path}/`)),
  );
}
