/** Opens the built console in a real browser against a collector of the test's own. */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Browser, BrowserContextOptions, Page } from '@playwright/test';
import { afterAll, beforeAll, expect, onTestFinished } from 'vitest';
import { buildConsole } from '../../../build/bundle/build-console.ts';
import { scratchFolder } from '../../../build/runtime/paths.ts';
import type { CollectorOptions } from '../../../collector/src/server.ts';
import type { Language } from '../../../shared/lib/language.ts';
import { startTestCollector, type TestCollector } from '../collector/collector.ts';
import { launchBrowser } from '../renderer/browser.ts';

interface OpenedPage {
  readonly page: Page;
  /** What the browser complained about, such as a broken script or a refused style. */
  readonly complaints: readonly string[];
}

export interface ConsoleWorld {
  start(options?: Partial<CollectorOptions>): Promise<TestCollector>;
  open(options?: BrowserContextOptions): Promise<OpenedPage>;
  /** Through the printed address and its button, as a technician. */
  openSignedIn(
    running: TestCollector,
    options?: BrowserContextOptions & { readonly language?: Language; readonly schoolId?: string },
  ): Promise<OpenedPage>;
}

/** Call at the top of a test file: builds the console and starts the browser for all of its tests. */
export function setUpConsole(): ConsoleWorld {
  let browser: Browser;
  let consoleDirectory = '';
  beforeAll(async () => {
    consoleDirectory = await mkdtemp(path.join(tmpdir(), 'porthor-console-'));
    [browser] = await Promise.all([launchBrowser(), buildConsole(consoleDirectory)]);
  });
  afterAll(async () => {
    await browser.close();
    await rm(consoleDirectory, { recursive: true, force: true });
  });

  async function open(options: BrowserContextOptions = {}): Promise<OpenedPage> {
    const context = await browser.newContext(options);
    onTestFinished(() => context.close());
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(error.message));
    return { page, complaints };
  }

  return {
    start: (options = {}) => startTestCollector({ consoleDirectory, ...options }),
    open,
    async openSignedIn(running, { language = 'en-GB', schoolId, ...options } = {}) {
      const opened = await open(options);
      const { page } = opened;
      await page.goto(`${await running.collector.createConsoleAddress(schoolId)}&lang=${language}`);
      const name = language === 'cy-GB' ? 'Mewngofnodi am y tro hwn' : 'Sign in this once';
      await page.getByRole('button', { name }).click();
      await page.getByRole('navigation').waitFor();
      return opened;
    },
  };
}

/** The page has no scroll bar of its own from side to side. */
export async function expectNoSideScroll(page: Page): Promise<void> {
  const [contentWidth, windowWidth] = await page.evaluate(() => [
    document.documentElement.scrollWidth,
    document.documentElement.clientWidth,
  ]);
  expect(contentWidth).toBe(windowWidth);
}

/** Where journeys leave their screenshots, to be looked at. */
export async function screenshotFolder(): Promise<string> {
  const folder = path.join(scratchFolder, 'screenshots/console');
  await mkdir(folder, { recursive: true });
  return folder;
}
