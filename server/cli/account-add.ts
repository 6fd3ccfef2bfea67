import {
  type Command,
  oneOf,
  operand,
  readPassword,
  requiredOption,
  textOption,
  UsageError,
} from './command.js';

export const accountAdd: Command = {
  name: 'account add',
  usage:
    'EMAIL|LOGIN --name NAME --side house|partner [--admin | --service --owner EMAIL] [--language fr|en] [--password-stdin]',
  summary: 'Adds a person, invited by mail unless a password is given, or a service account.',
  operandCount: 1,
  options: {
    name: { type: 'string' },
    side: { type: 'string' },
    admin: { type: 'boolean' },
    service: { type: 'boolean' },
    owner: { type: 'string' },
    language: { type: 'string' },
    'password-stdin': { type: 'boolean' },
  },
  async run(call) {
    const who = operand(call, 0);
    const common = {
      name: requiredOption(call, 'name'),
      side: oneOf(requiredOption(call, 'side'), SIDES, '--side'),
    };
    const isService = call.options.service === true;
    const owner = textOption(call, 'owner');
    const language = oneOf(textOption(call, 'language') ?? 'fr', LANGUAGES, '--language');
    const isAdministrator = call.options.admin === true;
    if (isService && owner === undefined) throw new UsageError('--service needs --owner EMAIL.');
    if (!isService && owner !== undefined) throw new UsageError('--owner goes with --service only.');
    if (isService && isAdministrator) throw new UsageError('A service account cannot administer.');
    const password = call.options['password-stdin'] ? { password: await readPassword(call) } : {};
    const account = await call.withStorage((administration) =>
      owner === undefined
        ? administration.createPerson({ address: who, ...common, isAdministrator, language, ...password })
        : administration.createService({ login: who, ...common, owner, ...password }),
    );
    call.output.document(account, [`${account.login} added (${account.state}).`]);
    return 0;
  },
};

const SIDES = ['house', 'partner'] as const;
const LANGUAGES = ['fr', 'en'] as const;
