/** What clocks and calendars of a time zone show. */
export interface ZonedParts {
  readonly year: number;
  readonly hour: number;
  readonly minute: number;
  /** `2026-06-30`. */
  readonly key: string;
  /** Days since 1970 of the local calendar. */
  readonly dayNumber: number;
}

/** No zone changes its distance from UTC in between (tz database: the finest steps of today are quarters of an hour). */
const SLOT_MS = 15 * 60_000;
const DAY_MS = 86_400_000;
/** Asking ICU takes some ten microseconds; a page of five hundred rows asks a few thousand times, mostly for the same few days. */
const MAX_KNOWN = 10_000;

/** Reads instants in a zone, by its IANA name. */
export function createZonedParts(timeZone: string): (at: Date) => ZonedParts {
  const offsetOf = remembering(createOffsets(timeZone));
  return (at) => {
    const instant = at.getTime();
    const local = new Date(instant + offsetOf(Math.floor(instant / SLOT_MS)));
    return {
      year: local.getUTCFullYear(),
      hour: local.getUTCHours(),
      minute: local.getUTCMinutes(),
      key: local.toISOString().slice(0, 10),
      dayNumber: Math.floor(local.getTime() / DAY_MS),
    };
  };
}

/** Milliseconds that local clocks are ahead of UTC, by slot. */
function createOffsets(timeZone: string): (slot: number) => number {
  const reader = new Intl.DateTimeFormat('en-US', {
    timeZone,
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    hourCycle: 'h23',
  });
  return (slot) => {
    const found = new Map(
      reader.formatToParts(slot * SLOT_MS).map(({ type, value }) => [type, Number(value)]),
    );
    const read = (type: Intl.DateTimeFormatPartTypes) => found.get(type) ?? 0;
    const local = Date.UTC(read('year'), read('month') - 1, read('day'), read('hour'), read('minute'));
    return local - slot * SLOT_MS;
  };
}

export type Calendar = ReturnType<typeof createCalendar>;

/** Days in words; each is written once. */
export function createCalendar(locale: string, timeZone: string, partsOf: (at: Date) => ZonedParts) {
  const writer = (options: Intl.DateTimeFormatOptions) => {
    const format = new Intl.DateTimeFormat(locale, { timeZone, ...options });
    const known = new Map<number, string>();
    return (at: Date) => {
      const { dayNumber } = partsOf(at);
      const text = known.get(dayNumber) ?? format.format(at);
      return keep(known, dayNumber, text);
    };
  };
  return {
    day: writer({ day: 'numeric', month: 'long' }),
    dayAndYear: writer({ day: 'numeric', month: 'long', year: 'numeric' }),
    weekday: writer({ weekday: 'long', day: 'numeric', month: 'long' }),
    full: writer({ weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' }),
  };
}

function remembering(compute: (key: number) => number): (key: number) => number {
  const known = new Map<number, number>();
  return (key) => keep(known, key, known.get(key) ?? compute(key));
}

function keep<Value>(known: Map<number, Value>, key: number, value: Value): Value {
  if (!known.has(key)) {
    if (known.size >= MAX_KNOWN) known.clear();
    known.set(key, value);
  }
  return value;
}
