/** The end-to-end tests: real Electron on a real X server, one at a time, each with its own display and folders. */
import path from 'node:path';
import { defineConfig } from '@playwright/test';
import { scratchFolder } from '../build/runtime/paths.ts';

export default defineConfig({
  testDir: 'e2e',
  testMatch: '**/*.e2e.ts',
  outputDir: path.join(scratchFolder, 'test-results'),
  workers: 1,
  fullyParallel: false,
  forbidOnly: true,
  // A test that passes at the second try has found something; it is not passed over.
  retries: 0,
  timeout: 120_000,
  expect: { timeout: 10_000 },
});
