import { type Command, oneOf, operand, textOption, UsageError } from './command.js';

export const groupSet: Command = {
  name: 'group set',
  usage: 'GROUP --manifests on|off',
  summary: 'Holds back what service accounts deposit over SFTP until a manifest names it, or no more.',
  operandCount: 1,
  options: { manifests: { type: 'string' } },
  async run(call) {
    const text = textOption(call, 'manifests');
    if (text === undefined) throw new UsageError('--manifests is missing.');
    const isOn = oneOf(text, ['on', 'off'] as const, '--manifests') === 'on';
    const group = await call.withStorage((administration) =>
      administration.setManifests(operand(call, 0), isOn),
    );
    call.output.document(group, [SAID[group.manifests](group.name)]);
    return 0;
  },
};

const SAID = {
  on: (group: string) => `In "${group}", service accounts deposit with manifests from now on.`,
  off: (group: string) => `In "${group}", service accounts deposit without manifests from now on.`,
  ending: (group: string) =>
    `In "${group}", service accounts deposit without manifests from now on. What waits already goes on waiting for its own.`,
};
