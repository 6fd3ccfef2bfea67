import type { Readable } from 'node:stream';
import { parseArgs } from 'node:util';
import { type Clock, isStorageError } from '../../storage/index.js';
import { openStorage } from '../appliance.js';
import { ConfigError, loadConfig } from '../config.js';
import { nearestName } from '../nearest-name.js';
import { type Call, type Command, UsageError } from './command.js';
import { COMMANDS } from './commands.js';
import { commandHelp, generalHelp } from './help.js';
import { createOutput, type OutputStreams } from './output.js';
import { masterKeyNotice } from './serve.js';

export const EXIT_FAULT = 1;
export const EXIT_USAGE = 2;
/** EX_CONFIG of sysexits. */
export const EXIT_CONFIG = 78;

/** What surrounds a command line, so that tests can give their own. */
export interface Terminal extends OutputStreams {
  readonly stdin: Readable;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly folder: string;
  readonly clock: Clock;
}

/** Carries out one command line. Never throws. @returns the exit code: 0, 1 fault, 2 usage, 78 configuration */
export async function runCommandLine(words: readonly string[], terminal: Terminal): Promise<number> {
  const isJson = words.includes('--json');
  try {
    if (words.length === 0 || words[0] === 'help' || words[0] === '--help') {
      terminal.write(generalHelp(COMMANDS));
      return words.length === 0 ? EXIT_USAGE : 0;
    }
    const command = findCommand(words);
    const { values, positionals } = parse(command, words);
    if (values.help) {
      terminal.write(commandHelp(command));
      return 0;
    }
    if (positionals.length !== command.operandCount)
      throw new UsageError(`usage: ${commandHelp(command).trim()}`);
    return (await command.run(createCall(terminal, isJson, values, positionals))) ?? 0;
  } catch (error) {
    const failure = describeFailure(error);
    if (isJson) terminal.writeError(`${JSON.stringify({ error: failure.details })}\n`);
    else createOutput(terminal, false).notice(failure.text.split('\n'));
    return failure.exitCode;
  }
}

function findCommand(words: readonly string[]): Command {
  // Options of any command are unknown here, so their values count as words; but those come after the name.
  const { positionals: typed } = parseArgs({
    args: [...words],
    options: COMMON_OPTIONS,
    strict: false,
    allowPositionals: true,
  });
  const byLength = [...COMMANDS].sort((left, right) => right.name.length - left.name.length);
  const found = byLength.find(({ name }) => typed.slice(0, name.split(' ').length).join(' ') === name);
  if (found) return found;
  const text = typed.slice(0, 3).join(' ');
  const names = COMMANDS.map(({ name }) => name);
  const meant = nearestName(typed.slice(0, 2).join(' '), names) ?? nearestName(typed[0] ?? '', names);
  throw new UsageError(
    `"${text}" is no command.${meant ? ` Did you mean "${meant}"?` : ''} See "peps help".`,
  );
}

function parse(command: Command, words: readonly string[]) {
  try {
    const parsed = parseArgs({
      args: [...words],
      options: { ...command.options, ...COMMON_OPTIONS },
      allowPositionals: true,
    });
    const values: Record<string, string | boolean | undefined> = {};
    for (const [name, value] of Object.entries(parsed.values))
      if (!Array.isArray(value)) values[name] = value;
    return { values, positionals: parsed.positionals.slice(command.name.split(' ').length) };
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : error}\n${commandHelp(command).trim()}`);
  }
}

const COMMON_OPTIONS = {
  json: { type: 'boolean' },
  config: { type: 'string' },
  help: { type: 'boolean' },
} as const;

function createCall(
  terminal: Terminal,
  isJson: boolean,
  options: Call['options'],
  operands: readonly string[],
): Call {
  const configFile = typeof options.config === 'string' ? options.config : undefined;
  const output = createOutput(terminal, isJson);
  const { stdin, clock } = terminal;
  const load = () =>
    loadConfig({ file: configFile, environment: terminal.environment, folder: terminal.folder });
  return {
    operands,
    options,
    output,
    stdin,
    clock,
    isJson,
    configFile,
    loadConfig: load,
    async withStorage(work) {
      const { config } = load();
      const storage = await openStorage(config, clock);
      try {
        if (storage.masterKey.created) output.notice(masterKeyNotice(storage.masterKey.file));
        return await work(storage.operate(), storage);
      } finally {
        await storage.close();
      }
    },
  };
}

function describeFailure(error: unknown): { exitCode: number; text: string; details: object } {
  if (error instanceof UsageError)
    return {
      exitCode: EXIT_USAGE,
      text: `peps: ${error.message}`,
      details: { code: 'usage', message: error.message },
    };
  if (error instanceof ConfigError)
    return {
      exitCode: EXIT_CONFIG,
      text: `peps: the configuration cannot be used:\n${error.message}`,
      details: { code: 'config', faults: error.faults },
    };
  const message = error instanceof Error ? error.message : String(error);
  if (isStorageError(error)) {
    const { code, reason, subject } = error;
    return { exitCode: EXIT_FAULT, text: `peps: ${message}`, details: { code, reason, subject, message } };
  }
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'fault';
  return { exitCode: EXIT_FAULT, text: `peps: ${message}`, details: { code, message } };
}
