// Deliberate faults, each of a kind that has been published by a product of this field. `find` must stand in the file exactly once;
// `test` is the file, and part of the test's name, that must notice.

/** @type {readonly { name: string, file: string, find: string, replace: string, test: readonly [string, string] }[]} */
export const FAULTS = [
  {
    name: 'the sync of the file removed',
    file: 'storage/blobs/disk-staged.ts',
    find: "await this.#handle.sync();\n      crashPoint('blob-synced');",
    replace: "crashPoint('blob-synced');",
    test: ['test/blobs/disk.test.ts', 'bytes that cannot be synced'],
  },
  {
    name: 'the sync of the folder removed',
    file: 'storage/blobs/disk-staged.ts',
    find: 'await this.#syncTarget();',
    replace: '',
    test: ['test/blobs/disk.test.ts', 'a name that cannot be synced'],
  },
  {
    name: 'a failed sync tried again',
    file: 'storage/blobs/disk-staged.ts',
    find: 'if (this.#failure !== undefined) throw this.#failure;',
    replace: '',
    test: ['test/blobs/disk.test.ts', 'a failed sync is never made good'],
  },
  {
    name: 'acknowledged before the commit',
    file: 'storage/metadata/writer.ts',
    find: 'cameToCommit = true;',
    replace: 'for (const job of jobs) job.settle();\ncameToCommit = true;',
    test: ['test/storage/writer.test.ts', 'is told to all it would have kept'],
  },
  {
    name: 'deposits committed without a sync',
    file: 'storage/metadata/writer.ts',
    find: "isDurable ? 'FULL' : 'NORMAL'",
    replace: "'NORMAL'",
    test: ['test/storage/durability.test.ts', 'everything that is acknowledged'],
  },
  {
    name: 'the history written after the transaction',
    file: 'storage/publication.ts',
    find: 'await recordActivity(transaction, told.map(rowOf));',
    replace:
      'told[0]?.publication.visit.database.write((later) => recordActivity(later, told.map(rowOf))).catch(() => {});',
    test: ['test/storage/activity.test.ts', 'not written, nothing is done (activity)'],
  },
  {
    name: 'the mail queued after the transaction',
    file: 'storage/publication.ts',
    find: 'await announceAll(transaction, parts, told);',
    replace:
      'told[0]?.publication.visit.database.write((later) => announceAll(later, parts, told)).catch(() => {});',
    test: ['test/storage/activity.test.ts', 'when outbox cannot be written'],
  },
  {
    name: 'put in place before its size is compared',
    file: 'storage/upload.ts',
    find: 'if (declaredSizeBytes !== undefined && this.#staging.sizeBytes !== declaredSizeBytes)',
    replace: 'if (declaredSizeBytes === -1)',
    test: ['test/storage/put-refusals.test.ts', ''],
  },
  {
    name: 'the end of a request taken for its success',
    file: 'protocols/webdav/request-body.ts',
    find: 'throw interrupted(cause);',
    replace: 'if (cause !== undefined) return;',
    test: ['test/protocols/webdav/interrupted-put.test.ts', ''],
  },
  {
    name: 'temporary names shown to everyone',
    file: 'storage/metadata/visibility.ts',
    find: 'where.whereIn(',
    replace: 'if (viewer === undefined) where.whereIn(',
    test: ['test/storage/visibility.test.ts', 'is the same in the policy'],
  },
  {
    name: 'the mark of the last frame not checked',
    file: 'storage/blobs/frames.ts',
    find: 'place.writeUInt8(isLast ? 1 : 0, 24);',
    replace: 'place.writeUInt8(isLast ? 0 : 0, 24);',
    test: ['test/blobs/damage.test.ts', 'the last frame still lacks its mark'],
  },
  {
    name: 'a download proven by the end of the answer alone',
    file: 'protocols/arrival.ts',
    find: "if (socket.destroyed) return Promise.resolve(socket.errored ? 'interrupted' : 'sent');",
    replace: "if (socket !== undefined) return Promise.resolve('proven');",
    test: ['test/stories/promises.test.ts', 'a client that received nothing'],
  },
  {
    name: 'a reservation never given back',
    file: 'storage/upload-listing.ts',
    find: 'if (row) await releaseBytes(transaction, this.#upload.space_id, row.reservedBytes);',
    replace: '',
    test: ['test/storage/quota.test.ts', ''],
  },
];
