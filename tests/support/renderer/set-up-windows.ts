/** Sets up the browser and the pages for the tests of one file. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll } from 'vitest';
import type { WindowContract } from '../../../shared/ipc/contract.ts';
import { launchBrowser } from './browser.ts';
import { type OpenOptions, openWindow, type WindowDouble } from './open-window.ts';
import { type ServedPages, servePages } from './pages.ts';

export interface Windows {
  open<Contract extends WindowContract>(options: OpenOptions<Contract>): Promise<WindowDouble<Contract>>;
}

/** One browser and one set of built pages for all tests of a file. Call it at the top of the file. */
export function setUpWindows(): Windows {
  let browser: Browser;
  let pages: ServedPages;
  beforeAll(async () => {
    [browser, pages] = await Promise.all([launchBrowser(), servePages()]);
  });
  afterAll(async () => {
    await browser.close();
    await pages.stop();
  });
  return { open: (options) => openWindow(browser, pages, options) };
}
