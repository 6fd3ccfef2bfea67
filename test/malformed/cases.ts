import fc from 'fast-check';

/** What a case speaks to. */
export interface Arena {
  /** `/dav/GROUP/arena`, escaped: the folder that cases are about. */
  readonly base: string;
  /** The value of an Authorization header that is right. */
  readonly authorization: string;
}

/** Bytes for one connection. */
export interface Case {
  readonly bytes: Buffer;
  /** A name in the arena that must not come to be, whatever is answered. */
  readonly absent?: string;
  /** The sender's end comes right behind the bytes: they are known to be no whole request. */
  readonly isCut?: boolean;
  /** Several requests, each of which may take its time. */
  readonly isRow?: boolean;
}

/** A kind of bad input; `arbitrary` may be sampled any number of times. */
export interface CaseClass {
  readonly name: string;
  /** Of all cases, in percent. */
  readonly share: number;
  readonly arbitrary: (arena: Arena) => fc.Arbitrary<Case>;
}

export const text = (value: string): Case => ({ bytes: Buffer.from(value, 'latin1') });

/** Pieces from a dictionary in any order, joined: near enough to a grammar to get past its first check. */
export function jumble(words: readonly string[], maxLength = 8): fc.Arbitrary<string> {
  const word = fc.oneof(
    { weight: 8, arbitrary: fc.constantFrom(...words) },
    { weight: 1, arbitrary: fc.string({ unit: 'binary-ascii', maxLength: 6 }) },
  );
  return fc.array(word, { maxLength }).map((parts) => parts.join(''));
}

/** A number of repetitions, small ones more often. */
export function times(max: number): fc.Arbitrary<number> {
  return fc.oneof(fc.integer({ min: 0, max: 4 }), fc.integer({ min: 0, max }), fc.constant(max));
}

/** No line breaks: a value in a header that Node's parser hands on. */
export function headerSafe(value: string): string {
  return value.replace(/[\0\r\n]/gu, ' ');
}

export interface RequestParts {
  readonly method: string;
  readonly target: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body?: Buffer | string;
  /** False leaves out the length. */
  readonly isMeasured?: boolean;
}

/** A well-formed request around what is to be tried; the connection ends with its answer. */
export function request(arena: Arena, parts: RequestParts): Buffer {
  const body = Buffer.from(parts.body ?? '');
  const headers: (readonly [string, string])[] = [
    ['Host', 'localhost'],
    ['Authorization', arena.authorization],
    ['Connection', 'close'],
    ...parts.headers,
    ...(parts.isMeasured === false ? [] : [['Content-Length', String(body.length)] as const]),
  ];
  const lines = [
    `${parts.method} ${parts.target} HTTP/1.1`,
    ...headers.map(([name, value]) => `${name}: ${value}`),
  ];
  return Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), body]);
}
