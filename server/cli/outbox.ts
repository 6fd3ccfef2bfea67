import type { OutboxRow } from '../../storage/index.js';
import type { Command } from './command.js';

export const outbox: Command = {
  name: 'outbox',
  usage: '',
  summary: 'Lists queued, sent and failed mails.',
  operandCount: 0,
  async run(call) {
    const rows = await call.withStorage((administration) => administration.outbox());
    call.output.rows(rows.map(inOrder), [
      { title: 'TO', value: (row) => row.to },
      { title: 'TEMPLATE', value: (row) => row.template },
      { title: 'STATE', value: (row) => row.state },
      { title: 'ATTEMPTS', value: (row) => row.attempts },
      { title: 'NEXT ATTEMPT', value: (row) => row.nextAttemptAt },
      { title: 'ERROR', value: (row) => row.error },
    ]);
    return 0;
  },
};

/** The fields scripts rely on come first. */
function inOrder({ to, template, state, attempts, error, ...more }: OutboxRow): OutboxRow {
  return { to, template, state, attempts, error, ...more };
}
