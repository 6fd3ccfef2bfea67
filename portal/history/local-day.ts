const offsets = new Map<string, Intl.DateTimeFormat>();

/** When a day (`2026-06-30`) begins in a time zone; undefined for what is no day. `daysLater` 1: when it ends. */
export function startOfDay(text: string, timeZone: string, daysLater = 0): Date | undefined {
  const midnight = new Date(/^\d{4}-\d\d-\d\d$/u.test(text) ? `${text}T00:00:00Z` : Number.NaN);
  if (Number.isNaN(midnight.getTime()) || !midnight.toISOString().startsWith(text)) return undefined;
  midnight.setUTCDate(midnight.getUTCDate() + daysLater);
  const guess = midnight.getTime() - offsetAt(midnight, timeZone);
  return new Date(midnight.getTime() - offsetAt(new Date(guess), timeZone));
}

/** Milliseconds by which the zone is ahead of UTC. */
function offsetAt(at: Date, timeZone: string): number {
  const options = { timeZone, timeZoneName: 'longOffset' } as const;
  const format = offsets.get(timeZone) ?? new Intl.DateTimeFormat('en-US', options);
  offsets.set(timeZone, format);
  const [, sign, hours, minutes] = /GMT([+-])(\d\d):(\d\d)/u.exec(format.format(at)) ?? [];
  const size = (Number(hours ?? 0) * 60 + Number(minutes ?? 0)) * 60_000;
  return sign === '-' ? -size : size;
}
