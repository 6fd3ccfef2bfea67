import type { Readable } from 'node:stream';
import type { ParseArgsConfig } from 'node:util';
import type { Administration, Clock, Storage } from '../../storage/index.js';
import type { Config, SettingView } from '../config.js';
import type { Output } from './output.js';

export type OptionValues = Readonly<Record<string, string | boolean | undefined>>;

/** One command of `peps`. */
export interface Command {
  /** As typed: `group member set`. */
  readonly name: string;
  /** What follows the name in the help: `GROUP WHO ROLE|none`. */
  readonly usage: string;
  readonly summary: string;
  /** How many operands it takes, exactly. */
  readonly operandCount: number;
  readonly options?: NonNullable<ParseArgsConfig['options']>;
  /** @returns the exit code; 0 unless given */
  run(call: Call): Promise<number | undefined>;
}

/** One command line being carried out. */
export interface Call {
  readonly operands: readonly string[];
  readonly options: OptionValues;
  readonly output: Output;
  readonly stdin: Readable;
  readonly clock: Clock;
  readonly isJson: boolean;
  readonly configFile: string | undefined;
  /** @throws ConfigError with every fault */
  loadConfig(): { config: Config; settings: readonly SettingView[] };
  /** Opens storage for the operator and closes it afterwards, whatever happens. */
  withStorage<Result>(
    work: (administration: Administration, storage: Storage) => Promise<Result>,
  ): Promise<Result>;
}

/** The command line is not one that `peps` understands; exit code 2, with the usage. */
export class UsageError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'UsageError';
  }
}

export function operand(call: Call, index: number): string {
  return call.operands[index] ?? '';
}

export function textOption(call: Call, name: string): string | undefined {
  const value = call.options[name];
  return typeof value === 'string' ? value : undefined;
}

/** @throws UsageError when the option is missing */
export function requiredOption(call: Call, name: string): string {
  const value = textOption(call, name);
  if (value === undefined) throw new UsageError(`--${name} is missing.`);
  return value;
}

/** One of a few words. @throws UsageError naming them all */
export function oneOf<Word extends string>(value: string, words: readonly Word[], what: string): Word {
  const found = words.find((word) => word === value);
  if (found === undefined)
    throw new UsageError(`${what} must be one of ${words.join(', ')}, not "${value}".`);
  return found;
}

/** The first line of standard input, for `--password-stdin`: a password in an argument would show in the list of processes. */
export async function readPassword(call: Call): Promise<string> {
  let text = '';
  for await (const chunk of call.stdin.setEncoding('utf8')) {
    text += chunk;
    if (text.includes('\n') || text.length > MAX_PASSWORD_INPUT) break;
  }
  const line = text.split('\n')[0]?.replace(/\r$/u, '') ?? '';
  if (line === '')
    throw new UsageError('--password-stdin needs the password on standard input, on one line.');
  return line;
}

const MAX_PASSWORD_INPUT = 8192;
