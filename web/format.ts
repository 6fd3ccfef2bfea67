import type { Language } from '../storage/index.js';
import { type DayPart, type DayWords, dayWords } from './i18n/day-words.js';
import { type Calendar, createCalendar, createZonedParts, type ZonedParts } from './zoned-time.js';

/** Sizes, dates and counts as one language says them, in the installation's time zone. */
export interface Format {
  /** `1,5 Go`, `248 Ko`: powers of ten, one decimal below ten. */
  size(sizeBytes: number): string;
  count(value: number): string;
  /** `ce matin, 9 h 12`; `hier, 17 h 05`; `26 juin, 15 h 47`. */
  instant(at: Date): string;
  /** `26 juin`, with the year when it is not this one. */
  day(at: Date): string;
  /** `Aujourd'hui, mardi 30 juin`. */
  heading(at: Date): string;
  time(at: Date): string;
  /** `mardi 30 juin 2026, 9 h 12`, for titles. */
  full(at: Date): string;
  /** A key that two instants of one day share, `2026-06-30`. */
  dayKey(at: Date): string;
}

/** `now` decides what « ce matin » and « hier » are. */
export function createFormat(language: Language, timeZone: string, now: Date): Format {
  const words = dayWords[language];
  const { partsOf, calendar } = datesOf(words.locale, timeZone);
  const number = numbersOf(words.locale, 0);
  const today = partsOf(now);
  const year = (at: Date) => partsOf(at).year === today.year;
  const time = (at: Date) => words.time(partsOf(at).hour, partsOf(at).minute);
  const distance = (at: Date) => today.dayNumber - partsOf(at).dayNumber;
  const day = (at: Date) => (year(at) ? calendar.day(at) : calendar.dayAndYear(at));
  return {
    size: (sizeBytes) => formatSize(sizeBytes, words),
    count: (value) => number.format(value),
    instant: (at) => `${relativeDay(distance(at), partsOf(at).hour, words) ?? day(at)}, ${time(at)}`,
    day,
    heading: (at) => words.heading(distance(at), year(at) ? calendar.weekday(at) : calendar.full(at)),
    time,
    full: (at) => `${calendar.full(at)}, ${time(at)}`,
    dayKey: (at) => partsOf(at).key,
  };
}

/* Each of ICU's formatters takes some ten KiB that no collector sees, and longer to make than the rest of a page. */
const dates = new Map<string, { partsOf: (at: Date) => ZonedParts; calendar: Calendar }>();
const numbers = new Map<string, Intl.NumberFormat>();

function datesOf(locale: string, timeZone: string) {
  const key = `${locale} ${timeZone}`;
  const partsOf = createZonedParts(timeZone);
  const made = dates.get(key) ?? { partsOf, calendar: createCalendar(locale, timeZone, partsOf) };
  dates.set(key, made);
  return made;
}

function numbersOf(locale: string, maximumFractionDigits: number): Intl.NumberFormat {
  const key = `${locale} ${maximumFractionDigits}`;
  const made = numbers.get(key) ?? new Intl.NumberFormat(locale, { maximumFractionDigits });
  numbers.set(key, made);
  return made;
}

function relativeDay(daysAgo: number, hour: number, words: DayWords): string | undefined {
  if (daysAgo === 1) return words.yesterday;
  return daysAgo === 0 ? words.today[partOfDay(hour)] : undefined;
}

function partOfDay(hour: number): DayPart {
  if (hour < 12) return 'morning';
  return hour < 18 ? 'afternoon' : 'evening';
}

function formatSize(sizeBytes: number, words: DayWords): string {
  let value = sizeBytes;
  let unit = 0;
  // 999,6 Ko would read « 1 000 Ko »: it is said in the next unit.
  while (value >= 999.5 && unit < words.units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const decimals = unit > 0 && value < 9.95 ? 1 : 0;
  return `${numbersOf(words.locale, decimals).format(value)}\u00a0${sizeBytes === 1 ? words.byte : words.units[unit]}`;
}
