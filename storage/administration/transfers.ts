import type { Administration, TransferRow } from '../administration.js';
import { findAncestry } from '../metadata/entries.js';
import { type ReportedUpload, reportDownloads, reportUploads } from '../metadata/transfers-report.js';
import type { Acts } from './acts.js';

/** What is on its way in and out, and what was cut off and waits to be gone on with. */
export function createTransferReports(acts: Acts): Pick<Administration, 'transfers'> {
  const { reader } = acts.parts.database;

  async function pathOf({ directory, parentId, name }: ReportedUpload): Promise<string> {
    const folders = (await findAncestry(reader, parentId)).slice(1).map((step) => step.name);
    return `/${[directory, ...folders, name].join('/')}`;
  }

  return {
    async transfers() {
      acts.assertLive();
      const rows: TransferRow[] = [];
      for (const upload of await reportUploads(reader)) {
        const { directory, parentId, name, startedAt, updatedAt, expiresAt, ...known } = upload;
        rows.push({
          ...known,
          direction: 'put',
          path: await pathOf(upload),
          deliveredBytes: null,
          startedAt: new Date(startedAt),
          updatedAt: new Date(updatedAt),
          expiresAt: expiresAt === null ? null : new Date(expiresAt),
        });
      }
      for (const { startedAt, updatedAt, ...known } of await reportDownloads(reader))
        rows.push({
          ...known,
          direction: 'get',
          state: 'open',
          receivedBytes: null,
          declaredSizeBytes: null,
          startedAt: new Date(startedAt),
          updatedAt: new Date(updatedAt),
          expiresAt: null,
        });
      return rows;
    },
  };
}
