import type { Language } from '../../storage/index.js';

export type DayPart = 'morning' | 'afternoon' | 'evening';

/** How one language says days, hours and sizes. */
export interface DayWords {
  readonly locale: string;
  /** Of exactly one byte. */
  readonly byte: string;
  /** Bytes, then each thousandfold. */
  readonly units: readonly string[];
  readonly today: Readonly<Record<DayPart, string>>;
  readonly yesterday: string;
  readonly time: (hour: number, minute: number) => string;
  readonly heading: (daysAgo: number, day: string) => string;
}

/** By language; the clock of 24 hours in both. */
export const dayWords: Readonly<Record<Language, DayWords>> = {
  fr: {
    locale: 'fr-FR',
    byte: 'octet',
    units: ['octets', 'Ko', 'Mo', 'Go', 'To', 'Po'],
    today: { morning: 'ce matin', afternoon: 'cet après-midi', evening: 'ce soir' },
    yesterday: 'hier',
    time: (hour, minute) => `${hour}\u00a0h\u00a0${twoDigits(minute)}`,
    heading: (daysAgo, day) => headed(daysAgo, day, 'Aujourd’hui', 'Hier'),
  },
  en: {
    locale: 'en-GB',
    byte: 'byte',
    units: ['bytes', 'KB', 'MB', 'GB', 'TB', 'PB'],
    today: { morning: 'this morning', afternoon: 'this afternoon', evening: 'this evening' },
    yesterday: 'yesterday',
    time: (hour, minute) => `${hour}:${twoDigits(minute)}`,
    heading: (daysAgo, day) => headed(daysAgo, day, 'Today', 'Yesterday'),
  },
};

function headed(daysAgo: number, day: string, today: string, yesterday: string): string {
  if (daysAgo === 0) return `${today}, ${day}`;
  if (daysAgo === 1) return `${yesterday}, ${day}`;
  return day.charAt(0).toUpperCase() + day.slice(1);
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}
