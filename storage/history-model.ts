import type { ActivityAction, ActivityOutcome, Door } from './model.js';

/** Which lines of the history are asked for; together. */
export interface HistoryFilter {
  /** The entry of a group's own directory. */
  readonly groupEntryId?: string;
  readonly personId?: string;
  readonly action?: ActivityAction;
  /** From this instant on, up to but without that one. */
  readonly from?: Date;
  readonly to?: Date;
  /** Part of a name, in whatever case. */
  readonly name?: string;
  readonly entryId?: string;
}

/** Where a page begins, the row itself excluded: going down to older rows (from the newest without either), or up. */
export interface HistoryStretch {
  readonly before?: number | undefined;
  readonly after?: number | undefined;
  readonly limit: number;
}

/** Newest first. */
export interface HistoryPage {
  readonly rows: readonly HistoryRow[];
  /** `before` of the page with older rows; null at the end of the log. */
  readonly next: number | null;
  /** `after` of the page with newer rows; null at the beginning. */
  readonly previous: number | null;
}

/** A line as a member of the group may read it. */
export interface HistoryRow {
  readonly id: number;
  readonly at: Date;
  readonly action: ActivityAction;
  readonly outcome: ActivityOutcome;
  readonly door: Door;
  /** Whether the reader did it. */
  readonly isOwn: boolean;
  /** As the reader is shown people's names; null for the appliance, or once the line's names were erased. */
  readonly who: string | null;
  readonly group: string | null;
  /** Path inside the appliance at that time, group directory first. */
  readonly path: string | null;
  readonly target: string | null;
  readonly entryId: string | null;
  /** Whether the file or folder is still there. */
  readonly isThere: boolean;
  readonly sizeBytes: number | null;
  /** Why it was refused or failed, as a short code. */
  readonly reason: string | null;
}

/** Somebody whose acts may be asked for. */
export interface HistoryPerson {
  readonly id: string;
  readonly name: string;
}
