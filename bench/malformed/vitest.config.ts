import { defineConfig } from 'vitest/config';

/** The generators are the tests' own, in TypeScript: vitest is what runs them. */
export default defineConfig({
  test: { include: ['bench/malformed/*.run.ts'], pool: 'forks', maxWorkers: 1, testTimeout: 3_600_000 },
});
