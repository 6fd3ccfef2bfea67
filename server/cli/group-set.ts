import { type Command, oneOf, operand, textOption } from './command.js';

export const groupSet: Command = {
  name: 'group set',
  usage: 'GROUP [--manifests on|off]',
  summary:
    'Holds back what service accounts deposit over SFTP until a manifest names it, or no more; without options says which.',
  operandCount: 1,
  options: { manifests: { type: 'string' } },
  async run(call) {
    const named = operand(call, 0);
    const text = textOption(call, 'manifests');
    const state = text === undefined ? undefined : oneOf(text, ['on', 'off'] as const, '--manifests');
    const group = await call.withStorage((administration) =>
      state === undefined ? administration.group(named) : administration.setManifests(named, state === 'on'),
    );
    call.output.document(group, [SAID[group.manifests](group.name)]);
    return 0;
  },
};

const SAID = {
  on: (group: string) => `In "${group}", service accounts deposit with manifests.`,
  off: (group: string) => `In "${group}", service accounts deposit without manifests.`,
  ending: (group: string) =>
    `In "${group}", service accounts deposit without manifests; what waited before goes on waiting for its own.`,
};
