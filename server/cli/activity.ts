import type { ActivityRow, Administration } from '../../storage/index.js';
import { type Command, textOption } from './command.js';

export const activity: Command = {
  name: 'activity',
  usage: '[--group GROUP]',
  summary: 'Prints the activity log, oldest first.',
  operandCount: 0,
  options: { group: { type: 'string' } },
  async run(call) {
    const rows = await call.withStorage((administration) =>
      readAll(administration, textOption(call, 'group')),
    );
    call.output.rows(rows.map(inOrder), [
      { title: 'AT', value: (row) => row.at },
      { title: 'ACTION', value: (row) => row.action },
      { title: 'OUTCOME', value: (row) => row.outcome },
      { title: 'ACCOUNT', value: (row) => row.account },
      { title: 'PROTOCOL', value: (row) => row.protocol },
      { title: 'ADDRESS', value: (row) => row.address },
      { title: 'GROUP', value: (row) => row.group },
      { title: 'PATH', value: (row) => row.path },
      { title: 'SIZE BYTES', value: (row) => row.sizeBytes },
      { title: 'SHA256', value: (row) => row.sha256 },
      { title: 'ABOUT', value: (row) => row.target ?? row.subject ?? row.reason },
    ]);
    return 0;
  },
};

const PAGE_ROWS = 500;

/** Pages go from the newest row backwards, so that rows added meanwhile shift nothing. */
async function readAll(administration: Administration, group: string | undefined): Promise<ActivityRow[]> {
  const pages: ActivityRow[][] = [];
  let before: { before?: number } = {};
  for (;;) {
    const filter = {
      ...(group === undefined ? {} : { group }),
      ...before,
      limit: PAGE_ROWS,
      order: 'desc',
    } as const;
    const page = await administration.activity(filter);
    pages.push(page);
    const last = page.at(-1);
    if (!last || page.length < PAGE_ROWS) return pages.flat().reverse();
    before = { before: last.id };
  }
}

/** The fields scripts rely on come first. */
function inOrder(row: ActivityRow): ActivityRow {
  const { at, action, outcome, account, protocol, address, group, path, sizeBytes, sha256, ...more } = row;
  return { at, action, outcome, account, protocol, address, group, path, sizeBytes, sha256, ...more };
}
