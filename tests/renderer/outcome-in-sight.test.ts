/** In small and enlarged windows, what came of a press is in sight without scrolling, and so is the field to correct. */
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { scratchFolder } from '../../build/runtime/paths.ts';
import { languages } from '../../shared/lib/language.ts';
import { launchBrowser } from '../support/renderer/browser.ts';
import { type ServedPages, servePages } from '../support/renderer/pages.ts';
import { views } from '../support/renderer/views.ts';

/** 1280 × 800 at 200 % and at 400 %, and the narrowest page of WCAG 1.4.10. */
const sizes = [
  { name: '200', width: 640, height: 400 },
  { name: '400', width: 320, height: 200 },
  { name: '320 px', width: 320, height: 640 },
] as const;

/** The view, and the element that holds the outcome. `focused` is the field or summary that takes the keys. */
const outcomes = [
  { view: 'media warning, asking without a reason', outcome: '.message', focused: 'textarea' },
  { view: 'media warning, a code, mistyped', outcome: '.message', focused: 'form input' },
  { view: 'problem, nothing written', outcome: '.message', focused: 'textarea' },
  { view: 'problem, sent', outcome: '.mark-good' },
  { view: 'gate policy, answers missing', outcome: '.notice h2', focused: '.notice' },
  { view: 'gate help', outcome: '.dialog .mark-good' },
  { view: 'gate help, wrong code', outcome: '#break-glass-answer', focused: '#break-glass-code' },
  { view: 'agreement', outcome: '.saved-where p' },
] as const satisfies readonly { view: string; outcome: string; focused?: string }[];

const screenshots = path.join(scratchFolder, 'screenshots/renderer/outcomes');
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

/** Runs in the page: whether a whole line of the element, or a low field itself, is in sight and uncovered. */
function isInSight(element: Element): boolean {
  const range = document.createRange();
  range.selectNodeContents(element);
  const lines = element.matches('input, textarea')
    ? [element.getBoundingClientRect()]
    : [...range.getClientRects()].filter(({ width, height }) => width > 1 && height > 1);
  return lines.some(({ left, top, width, height }) => {
    const hit = document.elementFromPoint(left + width / 2, top + Math.min(height, 24) / 2);
    return hit !== null && element.contains(hit) && top >= 0 && top + Math.min(height, 24) <= innerHeight;
  });
}

describe.each(languages)('in %s', (language) => {
  describe.each(outcomes)('$view', ({ view: name, outcome, ...rest }) => {
    test.each(sizes)('at $name', async (size) => {
      const view = views.find((candidate) => candidate.name === name);
      if (view === undefined) throw new Error(`there is no view ${name}`);
      const opened = await view.open(browser, pages, language, { width: size.width, height: size.height });
      const { page } = opened;
      try {
        const file = `${name} ${language} ${size.name}`.replaceAll(/[^a-zA-Z0-9]+/gu, '-');
        const shown = page.locator(outcome).first();
        await expect
          .poll(() => shown.evaluate(isInSight), { timeout: 2000 })
          .toBe(true)
          .finally(() => page.screenshot({ path: path.join(screenshots, `${file}.png`) }));
        if ('focused' in rest) {
          const field = page.locator(rest.focused).first();
          expect(await field.evaluate((element) => element === document.activeElement)).toBe(true);
          expect(await field.evaluate(isInSight)).toBe(true);
        }
      } finally {
        await opened.close();
      }
    });
  });
});
