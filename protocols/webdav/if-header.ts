import { badRequest } from './http-problem.js';

/** One condition of an If header: a state token (a lock's, as a rule) or a quoted entity tag. */
export interface IfCondition {
  readonly kind: 'token' | 'etag';
  readonly value: string;
  readonly isNegated: boolean;
}

/** Conditions that must hold together. Without `resource` the list is about the request's own resource. */
export interface IfList {
  readonly resource?: string;
  readonly conditions: readonly IfCondition[];
}

/**
 * Parses an If header by the grammar of RFC 4918, section 10.4.2, in one pass over the text.
 * @throws HttpProblem 400
 */
export function parseIfHeader(text: string): readonly IfList[] {
  const scanner = createScanner(text);
  const lists: IfList[] = [];
  scanner.skipSpace();
  const isTagged = scanner.peek() === '<';
  while (!scanner.atEnd()) {
    if (!isTagged) {
      lists.push({ conditions: parseList(scanner) });
    } else {
      const resource = scanner.between('<', '>');
      scanner.skipSpace();
      // A tag without a list after it says nothing; the grammar wants one at least.
      do {
        lists.push({ resource, conditions: parseList(scanner) });
        scanner.skipSpace();
      } while (scanner.peek() === '(');
    }
    scanner.skipSpace();
  }
  if (lists.length === 0) throw broken();
  return lists;
}

function parseList(scanner: Scanner): readonly IfCondition[] {
  scanner.expect('(');
  const conditions: IfCondition[] = [];
  scanner.skipSpace();
  while (scanner.peek() !== ')') {
    conditions.push(parseCondition(scanner));
    scanner.skipSpace();
  }
  scanner.expect(')');
  if (conditions.length === 0) throw broken();
  return conditions;
}

function parseCondition(scanner: Scanner): IfCondition {
  const isNegated = scanner.take(/not/iy) !== undefined;
  scanner.skipSpace();
  if (scanner.peek() === '<') {
    const value = scanner.between('<', '>');
    if (!/^[a-z][a-z0-9+.-]*:./iu.test(value)) throw broken();
    return { kind: 'token', value, isNegated };
  }
  scanner.expect('[');
  const value = scanner.take(/(?:W\/)?"[^"]*"/y);
  if (value === undefined) throw broken();
  scanner.expect(']');
  return { kind: 'etag', value, isNegated };
}

interface Scanner {
  atEnd(): boolean;
  peek(): string;
  skipSpace(): void;
  expect(character: string): void;
  /** What a sticky pattern matches here, if anything. */
  take(pattern: RegExp): string | undefined;
  /** What stands between two delimiters, without blanks; brackets are legal in a URL. */
  between(open: string, close: string): string;
}

function createScanner(text: string): Scanner {
  let position = 0;
  const take = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = position;
    const found = pattern.exec(text)?.[0];
    position += found?.length ?? 0;
    return found;
  };
  const expect = (character: string): void => {
    if (text[position] !== character) throw broken();
    position += 1;
  };
  return {
    atEnd: () => position >= text.length,
    peek: () => text[position] ?? '',
    skipSpace: () => void take(/[ \t]+/y),
    expect,
    take,
    between(open, close) {
      expect(open);
      const inside = take(/[^<>\s"]+/y);
      expect(close);
      if (inside === undefined) throw broken();
      return inside;
    },
  };
}

function broken(): Error {
  return badRequest('The If header is not well-formed.');
}
