import { defineConfig } from '@playwright/test'
import { readEnvironment } from '../../runner/environment.ts'

/** Drives the distribution's own Chromium; one worker, since every run needs the same two cores. */
export default defineConfig({
  testDir: '.',
  testMatch: '**/*.test.ts',
  outputDir: '../results/browser',
  fullyParallel: false,
  workers: 1,
  retries: 0,
  timeout: 180_000,
  expect: { timeout: 30_000 },
  use: {
    trace: 'retain-on-failure',
    launchOptions: { executablePath: readEnvironment().HATOBA_CHROMIUM, args: ['--no-sandbox'] },
  },
})
