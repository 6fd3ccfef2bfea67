import { defineConfig } from 'vitest/config';

export default defineConfig({
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  test: {
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
