import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { createContext } from 'preact';

/** Long parts of a page that are made after what stands before them has left. */
export interface Later {
  /** @returns what stands in their place until then */
  keep(pieces: Iterable<string>): string;
}

/** Outside a page that is being sent nothing waits. */
export const LaterParts = createContext<Later>({ keep: (pieces) => [...pieces].join('') });

/** The parts of one page, by the marks that stand in their place: nobody who names a file can guess one. */
export class KeptParts implements Later {
  readonly #nonce = randomBytes(16).toString('hex');
  readonly #parts: Iterable<string>[] = [];

  keep(pieces: Iterable<string>): string {
    this.#parts.push(pieces);
    return this.#mark;
  }

  /** The whole page: itself where nothing was kept, else bytes in order, other requests getting their turn between two pieces. */
  fill(html: string, finish: (piece: string) => string): string | Readable {
    if (this.#parts.length === 0) return finish(html);
    return Readable.from(this.#inOrder(html, finish), { objectMode: false });
  }

  get #mark(): string {
    return `<!--${this.#nonce}-->`;
  }

  async *#inOrder(html: string, finish: (piece: string) => string): AsyncGenerator<Buffer> {
    const between = html.split(this.#mark);
    for (const [index, text] of between.entries()) {
      yield Buffer.from(finish(text));
      for (const piece of this.#parts[index] ?? []) {
        await nextTurn();
        yield Buffer.from(finish(piece));
      }
    }
  }
}
