const DAY_MS = 86_400_000;
const SECOND_MS = 1000;
const TWO_DIGITS = Array.from({ length: 60 }, (_, number) => String(number).padStart(2, '0'));

/** An instant as HTTP has it, `Thu, 26 Nov 2026 10:48:19 GMT` (RFC 9110 section 5.6.7). */
export function httpDate(instant: Date): string {
  const atMs = instant.getTime();
  return `${dayAt(atMs).http}${timeOfDay(atMs)} GMT`;
}

/** An instant as XML has it, `2026-11-26T10:48:19.250Z` (RFC 3339). */
export function isoDate(instant: Date): string {
  const atMs = instant.getTime();
  const milliseconds = String(((atMs % SECOND_MS) + SECOND_MS) % SECOND_MS).padStart(3, '0');
  return `${dayAt(atMs).iso}${timeOfDay(atMs)}.${milliseconds}Z`;
}

interface Day {
  readonly number: number;
  readonly http: string;
  readonly iso: string;
}

/** A folder's files are mostly of one day: the calendar is asked once for it. */
let lastDay: Day = dayOf(0);

function dayAt(atMs: number): Day {
  const number = Math.floor(atMs / DAY_MS);
  if (number !== lastDay.number) lastDay = dayOf(number);
  return lastDay;
}

function dayOf(number: number): Day {
  const midnight = new Date(number * DAY_MS);
  return {
    number,
    http: midnight.toUTCString().slice(0, -'00:00:00 GMT'.length),
    iso: midnight.toISOString().slice(0, -'00:00:00.000Z'.length),
  };
}

function timeOfDay(atMs: number): string {
  const seconds = Math.floor((((atMs % DAY_MS) + DAY_MS) % DAY_MS) / SECOND_MS);
  const minutes = Math.floor(seconds / 60);
  return `${TWO_DIGITS[Math.floor(minutes / 60)]}:${TWO_DIGITS[minutes % 60]}:${TWO_DIGITS[seconds % 60]}`;
}
