import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { parse, TomlError } from 'smol-toml';
import { CONFIG_FILE_VARIABLE, SETTINGS, type Setting } from './config-table.js';
import { nearestName } from './nearest-name.js';

/** One thing wrong with the configuration; `value` is masked for secrets and null where there is none. */
export interface ConfigFault {
  readonly key: string;
  readonly value: string | null;
  /** The TOML file's path, `environment`, or `default`. */
  readonly source: string;
  readonly line: number | null;
  readonly problem: string;
}

/** A value somebody has set, and where. */
export interface FoundValue {
  readonly key: string;
  readonly value: unknown;
  readonly source: string;
  readonly line: number | null;
  /** Relative paths in the value start here. */
  readonly folder: string;
}

export interface Sources {
  /** By the TOML key of its setting; the environment goes before the file. */
  readonly found: ReadonlyMap<string, FoundValue>;
  readonly faults: readonly ConfigFault[];
}

interface Place {
  readonly file: string | undefined;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly folder: string;
}

const settings: readonly Setting[] = Object.values(SETTINGS);

/** Reads the TOML file, if one is named, then the environment, then the files that hold secrets. */
export function readSources(place: Place): Sources {
  const faults: ConfigFault[] = [];
  const named = [
    ...(place.file === undefined ? [] : readToml(path.resolve(place.folder, place.file), faults)),
    ...readVariables(place, faults),
  ];
  const found = new Map<string, FoundValue>();
  for (const value of named) {
    const setting = settings.find(({ key }) => value.key === key || value.key === `${key}_file`);
    if (!setting) continue;
    const isFromFile = value.key !== setting.key;
    const opened = isFromFile ? readSecret(value, setting.key, faults) : value;
    if (opened) found.set(setting.key, opened);
  }
  return { found, faults: [...faults, ...contradictions(named)] };
}

function readToml(file: string, faults: ConfigFault[]): FoundValue[] {
  try {
    const text = readFileSync(file, 'utf8');
    const lines = linesOfKeys(text);
    const values = flatten(parse(text), '').map(([key, value]) => {
      const line = lines.get(key) ?? lines.get(key.split('.')[0] ?? '') ?? null;
      return { key, value, source: file, line, folder: path.dirname(file) };
    });
    return values.filter((value) => isKnown(value, KNOWN_KEYS, faults));
  } catch (error) {
    const line = error instanceof TomlError ? error.line : null;
    const problem =
      error instanceof TomlError
        ? `is not valid TOML: ${error.message.split('\n')[0]}`
        : `cannot be read: ${reasonOf(error)}`;
    faults.push({ key: file, value: null, source: file, line, problem });
    return [];
  }
}

function readVariables(place: Place, faults: ConfigFault[]): FoundValue[] {
  return Object.entries(place.environment)
    .filter(([name, value]) => name.startsWith('PEPS_') && name !== CONFIG_FILE_VARIABLE && value)
    .map(([key, value]) => ({ key, value, source: 'environment', line: null, folder: place.folder }))
    .filter((value) => isKnown(value, KNOWN_VARIABLES, faults))
    .map((value) => fromVariable(value));
}

const KNOWN_KEYS = settings.flatMap((it) => (it.isSecret ? [it.key, `${it.key}_file`] : [it.key]));
const KNOWN_VARIABLES = settings.flatMap((it) =>
  it.isSecret ? [it.environment, `${it.environment}_FILE`] : [it.environment],
);

function isKnown(value: FoundValue, known: readonly string[], faults: ConfigFault[]): boolean {
  if (known.includes(value.key)) return true;
  const meant = nearestName(value.key, known);
  const problem = `is not a setting${meant ? `; did you mean ${meant}?` : ''}`;
  // The value of a mistyped secret is a secret too.
  faults.push({ key: value.key, value: null, source: value.source, line: value.line, problem });
  return false;
}

/** Renames a variable to its TOML key and reads numbers, switches and lists, which the environment has as text. */
function fromVariable(found: FoundValue): FoundValue {
  const name = found.key;
  const setting = settings.find((it) => name === it.environment || name === `${it.environment}_FILE`);
  if (!setting) return found;
  if (name !== setting.environment) return { ...found, key: `${setting.key}_file` };
  return { ...found, key: setting.key, value: readText(setting.kind, String(found.value)) };
}

function readText(kind: Setting['kind'], text: string): unknown {
  if (kind === 'number' && /^\d+$/u.test(text)) return Number(text);
  if (kind === 'switch' && (text === 'true' || text === 'false')) return text === 'true';
  if (kind === 'list')
    return text
      .split(',')
      .map((item) => item.trim())
      .filter((item) => item !== '');
  return text;
}

function readSecret(found: FoundValue, key: string, faults: ConfigFault[]): FoundValue | undefined {
  const fault = (problem: string) =>
    faults.push({
      key: found.key,
      value: String(found.value),
      source: found.source,
      line: found.line,
      problem,
    });
  if (typeof found.value !== 'string') {
    fault('must be the path of a file');
    return undefined;
  }
  try {
    const file = path.resolve(found.folder, found.value);
    if (statSync(file).mode & 0o004)
      fault('can be read by everybody on this machine; take that right away (chmod o-r)');
    return { ...found, key, value: readFileSync(file, 'utf8').trim() };
  } catch (error) {
    fault(`cannot be read: ${reasonOf(error)}`);
    return undefined;
  }
}

/** A secret given twice in one place: which of the two is meant cannot be known. */
function contradictions(named: readonly FoundValue[]): ConfigFault[] {
  return named
    .filter(({ key, source }) =>
      named.some((other) => other.key === `${key}_file` && other.source === source),
    )
    .map(({ key, source, line }) => ({
      key,
      value: null,
      source,
      line,
      problem: 'is set together with its file form; keep one of the two',
    }));
}

function flatten(table: object, prefix: string): [string, unknown][] {
  return Object.entries(table).flatMap(([name, value]): [string, unknown][] =>
    value !== null && typeof value === 'object' && !Array.isArray(value) && !(value instanceof Date)
      ? flatten(value, `${prefix}${name}.`)
      : [[`${prefix}${name}`, value]],
  );
}

/** The first line each key stands on, from 1: the TOML reader keeps no positions of its own. */
function linesOfKeys(text: string): Map<string, number> {
  const lines = new Map<string, number>();
  let table = '';
  for (const [index, line] of text.split('\n').entries()) {
    const header = /^\s*\[\s*([^[\]]+?)\s*\]/u.exec(line)?.[1];
    const key = /^\s*([\w."'\s-]+?)\s*=/u.exec(line)?.[1];
    if (header !== undefined) table = `${bare(header)}.`;
    const name = header === undefined ? key && `${table}${bare(key)}` : bare(header);
    if (name && !lines.has(name)) lines.set(name, index + 1);
  }
  return lines;
}

function bare(key: string): string {
  return key.replace(/["'\s]/gu, '');
}

function reasonOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}
