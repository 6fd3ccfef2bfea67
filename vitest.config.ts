import { existsSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { defineConfig } from 'vitest/config';

/**
 * Tests write and sync a great deal. In memory a sync costs nothing, and what a disk adds (a power cut, a full disk) is not
 * what these tests are about; a kill -9 leaves memory-backed files as it leaves others.
 */
function fastFolder(): string {
  const folder = '/dev/shm';
  if (!existsSync(folder)) return tmpdir();
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize > 4 * 1024 ** 3 ? folder : tmpdir();
}

export default defineConfig({
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  test: {
    env: { TMPDIR: fastFolder() },
    include: ['test/**/*.test.ts', 'test/**/*.test.tsx'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 60_000,
    reporters: [
      'default',
      './scripts/test-report.mjs',
      // Read by .ci/run; lies where version control does not look.
      ['json', { outputFile: 'coverage/test-results.json' }],
    ],
  },
});
