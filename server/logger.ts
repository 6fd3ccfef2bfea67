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
      formatters: { level: (label) => ({ level: label }) },
      serializers: { error: pino.stdSerializers.err, err: pino.stdSerializers.err },
      redact: { paths: SECRETS, censor: '••••••' },
    },
    destination,
  );
}

const NAMES = ['password', 'token', 'secret', 'cookie', 'authorization', '["set-cookie"]', 'smtpUrl', 'pass'];
const SECRETS = NAMES.flatMap((name) =>
  name.startsWith('[') ? [name, `*${name}`, `*.*${name}`] : [name, `*.${name}`, `*.*.${name}`],
);
