import { mkdir } from 'node:fs/promises';
import { planHostKey } from '../../protocols/sftp/index.js';
import { hostKeyFile } from '../host-key-watch.js';
import { type Command, textOption, UsageError } from './command.js';
import { describeHostKeys } from './host-key-words.js';

const UNITS_MS = { d: 86_400_000, h: 3_600_000 } as const;
const DEFAULT_DELAY = '30d';

export const hostKeyRotate: Command = {
  name: 'host-key rotate',
  usage: '[--in 30d|12h|0d]',
  summary:
    'Makes the next SSH host key, announces it to clients, and uses it from then on (in 30 days); again: changes the hour.',
  operandCount: 0,
  options: { in: { type: 'string' } },
  async run(call) {
    const takesOverAt = new Date(call.clock.now().getTime() + readDelayMs(textOption(call, 'in')));
    const { config } = call.loadConfig();
    await mkdir(config.dataDir, { recursive: true, mode: 0o700 });
    const keys = await planHostKey(hostKeyFile(config), takesOverAt);
    await call.withStorage((administration) =>
      administration.recordHostKey('host-key-plan', keys.next?.fingerprint ?? null),
    );
    const { document, lines } = describeHostKeys(config, keys);
    call.output.document(document, lines);
    return 0;
  },
};

/** @throws UsageError for anything but whole days or hours, up to 999 of them */
function readDelayMs(text = DEFAULT_DELAY): number {
  const [, count, unit] = /^(\d{1,3})([dh])$/u.exec(text) ?? [];
  if (unit !== 'd' && unit !== 'h')
    throw new UsageError(`--in must be a number of days or hours such as 30d, 12h or 0d, not "${text}".`);
  return Number(count) * UNITS_MS[unit];
}
