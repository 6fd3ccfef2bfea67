import type { Fault } from '../../storage/index.js';
import type { Command } from './command.js';

export const check: Command = {
  name: 'check',
  usage: '',
  summary: 'Reads every stored file back; a line per fault, exit code 1 if there is any.',
  operandCount: 0,
  async run(call) {
    const { faults, blobs } = await call.withStorage(async (_, storage) => {
      let read = 0;
      const found: Fault[] = [];
      const count = (total: number) => {
        read = total;
      };
      for await (const fault of storage.check(count)) {
        found.push(fault);
        if (call.isJson) call.output.document(fault, []);
      }
      return { faults: found, blobs: read };
    });
    if (call.isJson) return faults.length > 0 ? 1 : 0;
    if (faults.length > 0)
      call.output.rows(faults, [
        { title: 'PROBLEM', value: (fault) => fault.problem },
        { title: 'BLOB', value: (fault) => fault.blobId },
        { title: 'PATH', value: (fault) => fault.path },
        { title: 'DETAIL', value: (fault) => fault.detail },
      ]);
    call.output.notice([`${blobs} stored files read, ${faults.length} faults.`]);
    return faults.length > 0 ? 1 : 0;
  },
};
