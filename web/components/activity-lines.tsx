import type { LineTone } from '../activity-sentences.js';
import type { Format } from '../format.js';
import { BreakableAddress } from './breakable-address.js';
import { Icon, type IconName } from './icon.js';
import { Instant } from './instant.js';

/** One act as a sentence: « Nadia Benali a déposé Présences juin.xlsx ». */
export interface ActivityLine {
  readonly at: Date;
  readonly icon: IconName;
  readonly tone: LineTone;
  readonly who: string;
  readonly did: string;
  readonly object: LineObject | null;
  /** « vers », and where to. */
  readonly to: string;
  readonly target: LineObject | null;
  readonly facts: readonly string[];
  /** The way it was done, in words. */
  readonly door: string;
}

export interface LineObject {
  readonly text: string;
  /** All of its path. */
  readonly title?: string | undefined;
  readonly href?: string | undefined;
}

interface ActivityLinesProps {
  readonly format: Format;
  readonly lines: readonly ActivityLine[];
}

/** The history in sentences, day by day. */
export function ActivityLines({ format, lines }: ActivityLinesProps) {
  return (
    <>
      {byDay(format, lines).map((day) => (
        <section class="day">
          <h2>{day.heading}</h2>
          <ol class="lines">
            {day.lines.map((line) => (
              <li>
                <Line format={format} line={line} />
              </li>
            ))}
          </ol>
        </section>
      ))}
    </>
  );
}

function byDay(format: Format, lines: readonly ActivityLine[]) {
  const days = new Map<string, { heading: string; lines: ActivityLine[] }>();
  for (const line of lines) {
    const key = format.dayKey(line.at);
    const day = days.get(key) ?? { heading: format.heading(line.at), lines: [] };
    day.lines.push(line);
    days.set(key, day);
  }
  return [...days.values()];
}

function Line({ format, line }: { readonly format: Format; readonly line: ActivityLine }) {
  const { object, target } = line;
  return (
    <>
      <span class={`sign ${line.tone}`}>
        <Icon name={line.icon} />
      </span>
      <div class="line-words">
        <p>
          <b>{line.who}</b> {line.did}
          {object === null ? null : (
            <>
              {' '}
              <Named object={object} />
            </>
          )}
          {target === null ? null : (
            <>
              {' '}
              {line.to} <Named object={target} />
            </>
          )}
        </p>
        {line.facts.length > 0 ? <p class="meta">{line.facts.join(' · ')}</p> : null}
      </div>
      <p class="when">
        <span>{line.door} </span>
        <Instant at={line.at} format={format} style="time" />
      </p>
    </>
  );
}

function Named({ object: { text, title, href } }: { readonly object: LineObject }) {
  const words = <BreakableAddress text={text} />;
  return <b title={title}>{href === undefined ? words : <a href={href}>{words}</a>}</b>;
}
