import type { TransferRow } from '../../storage/index.js';
import type { Command } from './command.js';

export const transfers: Command = {
  name: 'transfers',
  usage: '',
  summary: 'Lists what is on its way, and uploads that were cut off and may be gone on with.',
  operandCount: 0,
  async run(call) {
    const rows = await call.withStorage((administration) => administration.transfers());
    call.output.rows(rows.map(inOrder), [
      { title: 'DIRECTION', value: (row) => row.direction },
      { title: 'STATE', value: (row) => row.state },
      { title: 'ACCOUNT', value: (row) => row.account },
      { title: 'PROTOCOL', value: (row) => row.door },
      { title: 'PATH', value: (row) => row.path },
      { title: 'BYTES', value: (row) => row.receivedBytes ?? row.deliveredBytes },
      { title: 'OF', value: (row) => row.declaredSizeBytes },
      { title: 'STARTED', value: (row) => row.startedAt },
      { title: 'UPDATED', value: (row) => row.updatedAt },
      { title: 'EXPIRES', value: (row) => row.expiresAt },
    ]);
    return 0;
  },
};

/** The fields scripts rely on come first. */
function inOrder(row: TransferRow): TransferRow {
  const { id, direction, state, account, group, path, door, ...figures } = row;
  const { receivedBytes, deliveredBytes, declaredSizeBytes, startedAt, updatedAt, expiresAt } = figures;
  const bytes = { receivedBytes, deliveredBytes, declaredSizeBytes };
  return { id, direction, state, account, group, path, door, ...bytes, startedAt, updatedAt, expiresAt };
}
