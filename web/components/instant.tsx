import type { Format } from '../format.js';

interface InstantProps {
  readonly at: Date;
  readonly format: Format;
  readonly style?: 'instant' | 'day' | 'time';
}

/** A date as people say it; machines and the tooltip get all of it. */
export function Instant({ at, format, style = 'instant' }: InstantProps) {
  return (
    <time dateTime={at.toISOString()} title={format.full(at)}>
      {format[style](at)}
    </time>
  );
}
