import { type Command, operand, textOption, UsageError } from './command.js';

export const groupAdd: Command = {
  name: 'group add',
  usage: 'NAME [--quota BYTES]',
  summary: 'Adds a group; its directory follows from the name.',
  operandCount: 1,
  options: { quota: { type: 'string' } },
  async run(call) {
    const quota = textOption(call, 'quota');
    const limit = quota === undefined ? {} : { quotaBytes: readBytes(quota) };
    const group = await call.withStorage((administration) =>
      administration.createGroup({ name: operand(call, 0), ...limit }),
    );
    call.output.document(group, [`Group "${group.name}" added; its directory is ${group.directory}.`]);
    return 0;
  },
};

function readBytes(text: string): number {
  const sizeBytes = Number(text);
  if (!/^\d+$/u.test(text) || !Number.isSafeInteger(sizeBytes))
    throw new UsageError(`--quota must be a whole number of bytes, not "${text}".`);
  return sizeBytes;
}
