import { type DestinationStream, type Logger, pino } from 'pino';
import type { Clock } from '../storage/index.js';

export type { Logger } from 'pino';

/**
 * The operator's log: one JSON object per line, on standard output unless a file or stream is given. Lines hold `level` as a
 * word and `time` in ISO 8601. What could hold a secret by mistake is masked.
 */
export function createLogger(
  options: { level: string; clock: Clock; file?: string },
  destination: DestinationStream = pino.destination({ dest: options.file ?? 1, sync: true }),
): Logger {
  return pino(
    {
      level: options.level,
      base: { service: 'peps' },
      timestamp: () => `,"time":"${options.clock.now().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }), log: (fields) => ({ ...masked(fields, LEVELS) }) },
      serializers: { error: errorFields, err: errorFields },
    },
    destination,
  );
}

const MASK = '••••••';
const SECRETS = new Set([
  'password',
  'token',
  'secret',
  'cookie',
  'authorization',
  'set-cookie',
  'smtpUrl',
  'pass',
]);
/** How deep a secret is looked for: in the line, in what it holds, and in what that holds. */
const LEVELS = 3;

/**
 * The same fields with secrets masked; what holds none is not copied. Pino could do it, and takes each line apart by each of
 * its paths, which costs more than the rest of the line.
 */
function masked(fields: object, levels: number): object {
  let copy: object | undefined;
  for (const [name, value] of Object.entries(fields)) {
    const shown = SECRETS.has(name) ? MASK : maskedInside(value, levels - 1);
    if (shown === value) continue;
    copy ??= Array.isArray(fields) ? [...fields] : { ...fields };
    Object.assign(copy, { [name]: shown });
  }
  return copy ?? fields;
}

function maskedInside(value: unknown, levels: number): unknown {
  // An error becomes fields in its serializer.
  const isLooked = levels > 0 && typeof value === 'object' && value !== null && !(value instanceof Error);
  return isLooked ? masked(value, levels) : value;
}

/** Anything can be thrown: what is no error comes back as it is. */
function errorFields(error: Error): unknown {
  return maskedInside(pino.stdSerializers.err(error), LEVELS - 1);
}
