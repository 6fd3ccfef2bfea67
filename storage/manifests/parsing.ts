import { StorageError } from '../errors.js';
import { assertCreatableName, isManifestName, isPrivateName, normalizeName } from '../names.js';

/** A line that names a file. */
export interface NamingLine {
  /** From 1. */
  readonly number: number;
  /** Below the manifest's own folder, segments joined by "/"; empty for that folder itself. */
  readonly folder: string;
  readonly name: string;
  /** Lower-case hexadecimal. */
  readonly sha256: string;
}

/** Why a manifest cannot be used, in English. `number` 0: it is about the whole. */
export interface Fault {
  readonly number: number;
  readonly text: string;
}

export interface ParsedManifest {
  readonly lines: readonly NamingLine[];
  readonly faults: readonly Fault[];
}

export const MAX_MANIFEST_BYTES = 1024 * 1024;
export const MAX_MANIFEST_LINES = 10_000;

const LINE = /^([0-9a-fA-F]{64}) [ *](.+)$/u;

/** What `sha256sum` writes: digest, a space, a space or an asterisk, a path relative to the manifest's folder; LF or CRLF. */
export function parseManifest(bytes: Buffer): ParsedManifest {
  const text = decode(bytes);
  if (text === undefined) return unusable('the manifest is not UTF-8');
  const all = text.split('\n');
  if (all.at(-1) === '') all.pop();
  if (all.length > MAX_MANIFEST_LINES) return unusable('the manifest has more than 10,000 lines');
  const lines: NamingLine[] = [];
  const faults: Fault[] = [];
  for (const [index, raw] of all.entries()) {
    const line = raw.replace(/\r$/u, '');
    if (line.trim() === '' || line.startsWith('#')) continue;
    const read = readLine(line);
    if (typeof read === 'string') faults.push({ number: index + 1, text: read });
    else lines.push({ number: index + 1, ...read });
  }
  if (lines.length === 0 && faults.length === 0) return unusable('the manifest names no file');
  return { lines, faults };
}

/** A manifest that is not read at all. */
export function unusable(text: string): ParsedManifest {
  return { lines: [], faults: [{ number: 0, text }] };
}

function decode(bytes: Buffer): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** @returns what the line names, or why it cannot be read */
function readLine(line: string): Omit<NamingLine, 'number'> | string {
  if (line.startsWith('\\'))
    return 'a name with a backslash or a line break (escaped by sha256sum) cannot be deposited';
  const [, digest = '', path = ''] = LINE.exec(line) ?? [];
  if (digest === '') return 'not a line of sha256sum: 64 hexadecimal digits, a space, a space or *, a path';
  if (path.startsWith('/')) return `${path}: the path must be relative to the manifest`;
  const segments = path.split('/').map(normalizeName);
  while (segments[0] === '.' && segments.length > 1) segments.shift();
  if (segments.includes('..')) return `${path}: the path must not leave the folder of the manifest`;
  const name = segments.at(-1) ?? '';
  const refusal = segments.map(refusalOf).find((one) => one !== undefined);
  if (refusal !== undefined) return `${path}: ${refusal}`;
  if (isPrivateName(name)) return `${path}: a temporary name is never published`;
  if (isManifestName(name)) return `${path}: a manifest is not published and cannot be named`;
  return { folder: segments.slice(0, -1).join('/'), name, sha256: digest.toLowerCase() };
}

function refusalOf(segment: string): string | undefined {
  try {
    assertCreatableName(segment);
    return undefined;
  } catch (error) {
    if (error instanceof StorageError) return error.message;
    throw error;
  }
}
