import { defineConfig } from 'vitest/config'

/** One project a tier, so that `--project unit` runs what needs nothing and a tier that cannot run is a tier that says so. */
export default defineConfig({
  test: {
    retry: 0,
    projects: [
      { test: { name: 'unit', include: ['unit/**/*.test.ts'], testTimeout: 120_000, hookTimeout: 120_000 } },
      {
        test: { name: 'contract', include: ['contract/**/*.test.ts'], testTimeout: 120_000, hookTimeout: 180_000, fileParallelism: false },
      },
      {
        test: {
          name: 'cluster',
          include: ['cluster/**/*.test.ts'],
          globalSetup: ['cluster/setup.ts'],
          testTimeout: 420_000,
          hookTimeout: 300_000,
          fileParallelism: false,
          // Labs on Kubernetes wait much and work little: so many of their gradings at the same time.
          maxConcurrency: 4,
        },
      },
      { test: { name: 'abuse', include: ['abuse/**/*.test.ts'], testTimeout: 120_000, hookTimeout: 180_000, fileParallelism: false } },
      {
        test: {
          name: 'engine',
          include: ['engine/**/*.test.ts'],
          testTimeout: 600_000,
          hookTimeout: 180_000,
          fileParallelism: false,
          // With containers in hand, a grading waits longer than it works.
          maxConcurrency: 3,
        },
      },
    ],
  },
})
