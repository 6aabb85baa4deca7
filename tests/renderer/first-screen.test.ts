/** The primary actions of every window, and what they act on, lie in the first screen at every size, in both languages. */
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { scratchFolder } from '../../build/runtime/paths.ts';
import { createTranslator } from '../../shared/i18n/translator.ts';
import { type Language, languages } from '../../shared/lib/language.ts';
import { launchBrowser } from '../support/renderer/browser.ts';
import { type ServedPages, servePages } from '../support/renderer/pages.ts';
import { views } from '../support/renderer/views.ts';

/** Three common displays, then 1280 × 800 at 200 % and at 400 %, and the narrowest page of WCAG 1.4.10. */
const sizes = [
  { name: '1280 × 800', width: 1280, height: 800 },
  { name: '1366 × 768', width: 1366, height: 768 },
  { name: '1024 × 768', width: 1024, height: 768 },
  { name: '200 %', width: 640, height: 400 },
  { name: '400 %', width: 320, height: 200 },
  { name: '320 px', width: 320, height: 640 },
] as const;

/** These say that something goes on, and have nothing to press. */
const withoutActions: ReadonlySet<string> = new Set([
  'gate checking',
  'gate recording after a crash',
  'gate leaving',
  'cover',
]);

const screenshots = path.join(scratchFolder, 'screenshots/renderer/first-screen');
let browser: Browser;
let pages: ServedPages;

beforeAll(async () => {
  [browser, pages] = await Promise.all([
    launchBrowser(),
    servePages(),
    mkdir(screenshots, { recursive: true }),
  ]);
});

afterAll(async () => {
  await browser.close();
  await pages.stop();
});

/** At 400 % no page of text has room for its head: the pinned *I accept* leads to the statements there. */
const tooLowForLinks = '400 %';

interface Measured {
  /** Number of primary actions. */
  readonly actions: number;
  /** The words of those that are not whole inside the window, or are covered. */
  readonly outOfSight: readonly string[];
}

/**
 * Runs in the page. Primary are the gate's pinned actions, the buttons of an open dialog, the main button of any other
 * page, and *Close*.
 */
function measureActions(links: string): Measured {
  const whole: ParentNode = document.querySelector('dialog[open]') ?? document;
  const actions = whole.querySelectorAll<HTMLElement>(
    `.action-bar .button, .dialog-actions .button, .short-screen .button-primary, .idle-warning .button, footer .button${links}`,
  );
  const outOfSight = [...actions].filter((element) => {
    const box = element.getBoundingClientRect();
    const middle = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
    const isInside =
      box.top >= -1 && box.left >= -1 && box.bottom <= innerHeight + 1 && box.right <= innerWidth + 1;
    return !(isInside && element.contains(middle));
  });
  return { actions: actions.length, outOfSight: outOfSight.map(({ textContent }) => textContent ?? '') };
}

/** What the actions act on: the countdown beside *Go back*, and what *Confirm* would record. */
function actedOn(view: string, language: Language, size: string): readonly string[] {
  const { text, counted } = createTranslator(language);
  if (/^gate check(?:,|$)/u.test(view)) return ['Eleri Wynne-Prydderch'];
  switch (view) {
    case 'gate declining, sign-out':
      return [
        counted('gate.countdown.signOut', 42),
        // The long sentence is in sight wherever the page is not as low as at 400 %.
        text(size === '400 %' ? 'gate.countdown.workLost' : 'gate.decline.work'),
      ];
    case 'gate declining, lock':
      return [counted('gate.countdown.lock', 42)];
    case 'gate declining, nothing':
      return [counted('gate.countdown.nothing', 42)];
    default:
      return [];
  }
}

/** Runs in the page: the words of which no whole line is in sight. */
function findUnseen(words: readonly string[]): readonly string[] {
  const isSeen = (element: Element): boolean => {
    const range = document.createRange();
    range.selectNodeContents(element);
    const lines = [...range.getClientRects()].filter(({ width, height }) => width > 1 && height > 1);
    const [first] = lines;
    if (first === undefined) return false;
    const top = document.elementFromPoint(first.left + first.width / 2, first.top + first.height / 2);
    return top !== null && element.contains(top) && first.top >= 0 && first.bottom <= innerHeight;
  };
  const elements = [...document.querySelectorAll('body *:not(.visually-hidden)')];
  return words.filter(
    (sought) =>
      !elements.some((element) => {
        const holds = (candidate: Element) => candidate.textContent?.includes(sought) === true;
        return holds(element) && ![...element.children].some(holds) && isSeen(element);
      }),
  );
}

/** Runs in the page: in a picture of the whole page, pinned actions would cover its middle. */
function unpinActions(): void {
  for (const bar of document.querySelectorAll<HTMLElement>('.action-bar, .small-window footer')) {
    bar.style.position = 'static';
  }
}

async function shoot(page: Page, name: string): Promise<void> {
  const file = `${name.replaceAll(/[^a-zA-Z0-9]+/gu, '-')}.png`;
  await page.screenshot({ path: path.join(screenshots, file) });
}

describe.each(languages)('in %s', (language) => {
  test.each(views)('$name', async (view) => {
    const opened = await view.open(browser, pages, language);
    const { page } = opened;
    const missing: string[] = [];
    try {
      const hasAlert = (await page.locator('.column > .notice, .demonstration').count()) > 0;
      for (const { name, width, height } of sizes) {
        await page.setViewportSize({ width, height });
        await page.evaluate(() => scrollTo(0, 0));
        const { actions, outOfSight } = await page.evaluate(
          measureActions,
          // An alert or the banner of a demonstration comes before the way to the statements.
          name === tooLowForLinks || hasAlert ? '' : ', .skip-link',
        );
        if (withoutActions.has(view.name)) expect(actions).toBe(0);
        else expect(actions).toBeGreaterThan(0);
        missing.push(...outOfSight.map((words) => `${name}: ${words}`));
        const unseen = await page.evaluate(findUnseen, actedOn(view.name, language, name));
        missing.push(...unseen.map((words) => `${name}: what it is about: ${words}`));
        await shoot(page, `${view.name} ${language} ${name}`);
      }
      await page.setViewportSize(sizes[0]);
      await page.evaluate(unpinActions);
      await page.screenshot({
        path: path.join(screenshots, `${view.name.replaceAll(/[^a-zA-Z0-9]+/gu, '-')}-${language}-whole.png`),
        fullPage: true,
      });
      expect(missing).toEqual([]);
    } finally {
      await opened.close();
    }
  });
});
