/** Starts the real Chromium for tests of the windows' pages. */
import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const candidates = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** `PORTHOR_CHROMIUM` names another one. Throws if there is none, because these tests must never be skipped silently. */
export function launchBrowser(): Promise<Browser> {
  const named = process.env['PORTHOR_CHROMIUM'];
  const executablePath = named ?? candidates.find((candidate) => existsSync(candidate));
  if (executablePath === undefined) {
    throw new Error('browser: there is no Chromium; install the package chromium or set PORTHOR_CHROMIUM');
  }
  return chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-background-networking', '--disable-component-update', '--no-first-run'],
  });
}
