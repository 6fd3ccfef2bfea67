import type { Clock, Entry, VirtualPath } from '../../storage/index.js';
import { type Attributes, attributesOf, longname } from './attributes.js';
import { encodedNameBytes, type ListedName } from './codec.js';
import { createTurnstile, type Turnstile } from './turnstile.js';

const MAX_NAMES = 200;
/** Some clients refuse an answer beyond 34,000 bytes: what filexfer-02 section 3 promises them. */
const MAX_REPLY_BYTES = 34_000;
const REPLY_HEADER_BYTES = 13;

/** A directory opened to be listed. */
export interface Listing {
  readonly kind: 'listing';
  readonly path: VirtualPath;
  readonly turnstile: Turnstile;
  /** The next names, undefined at the end. */
  next(): Promise<readonly ListedName[] | undefined>;
  close(): Promise<void>;
  interrupt(): Promise<void>;
}

/** What a listing is made of. */
export interface ListingOptions {
  readonly path: VirtualPath;
  readonly entries: AsyncIterable<Entry>;
  /** Names in this directory that the session is writing, or its account was cut off writing. */
  readonly overlaid: Overlaid;
  readonly clock: Clock;
}

type Overlaid = ReadonlyMap<string, { readonly attributes: Attributes }>;

/** Lists the entries, with what the session is writing beside or in place of them. */
export function createListing({ path, entries, overlaid, clock }: ListingOptions): Listing {
  const names = merge(entries, overlaid, clock);
  let held: ListedName | undefined;

  async function take(): Promise<ListedName | undefined> {
    if (held) {
      const first = held;
      held = undefined;
      return first;
    }
    const { value, done } = await names.next();
    return done ? undefined : value;
  }

  async function end(): Promise<void> {
    await names.return(undefined);
  }

  return {
    kind: 'listing',
    path,
    turnstile: createTurnstile(),
    async next() {
      const batch: ListedName[] = [];
      let bytes = REPLY_HEADER_BYTES;
      while (batch.length < MAX_NAMES) {
        const listed = await take();
        if (!listed) break;
        bytes += encodedNameBytes(listed);
        if (bytes > MAX_REPLY_BYTES && batch.length > 0) {
          held = listed;
          break;
        }
        batch.push(listed);
      }
      return batch.length > 0 ? batch : undefined;
    },
    close: end,
    interrupt: end,
  };
}

async function* merge(
  entries: AsyncIterable<Entry>,
  overlaid: Overlaid,
  clock: Clock,
): AsyncGenerator<ListedName, undefined, undefined> {
  const unseen = new Map(overlaid);
  const list = (name: string, attributes: Attributes): ListedName => ({
    name,
    longname: longname(name, attributes, clock.now()),
    attributes,
  });
  for await (const entry of entries) {
    const writing = unseen.get(entry.name);
    unseen.delete(entry.name);
    yield list(entry.name, writing?.attributes ?? attributesOf(entry));
  }
  for (const [name, writing] of unseen) yield list(name, writing.attributes);
  return undefined;
}
