/** The environment of the process: the only place, with the `bin`, that reads it. */
export function readEnvironment(): Readonly<Record<string, string | undefined>> {
  return process.env;
}
