/** The end-to-end tests: real Electron on a real X server. Each test has a display, folders and a collector of its own. */
import path from 'node:path';
import { defineConfig } from '@playwright/test';
import { scratchFolder } from '../build/runtime/paths.ts';

export default defineConfig({
  testDir: 'e2e',
  testMatch: '**/*.e2e.ts',
  globalSetup: './support/e2e/before-all.ts',
  outputDir: path.join(scratchFolder, 'test-results', 'e2e'),
  // A test waits for clocks and screens half of its time, so two of them keep one core busy.
  workers: 2,
  fullyParallel: true,
  forbidOnly: true,
  // A test that passes at the second try has found something; it is not passed over.
  retries: 0,
  // Deadlines are for a machine whose cores are both busy. A test that passes never waits for one.
  timeout: 180_000,
  expect: { timeout: 20_000 },
});
