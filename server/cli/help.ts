import type { Command } from './command.js';

/** What `peps help` prints. */
export function generalHelp(commands: readonly Command[]): string {
  const lines = commands.map((command) => `  ${heading(command)}\n      ${command.summary}`);
  return `PEPS hands documents from hand to hand between an office and its partners.\n\n${lines.join('\n')}\n\n${COMMON}`;
}

/** What `peps COMMAND --help` prints. */
export function commandHelp(command: Command): string {
  return `${heading(command)}\n    ${command.summary}\n`;
}

function heading(command: Command): string {
  return `peps ${command.name} ${command.usage}`.trimEnd();
}

const COMMON = `Every command takes --json (one document, or one object per line) and --config FILE.
Exit codes: 0 done, 1 fault, 2 wrong command line, 70 bug, 78 wrong configuration.
`;
