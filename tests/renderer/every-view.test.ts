/** Every window, screen and dialog, in both languages: accessible, complete and readable at every size and theme. */
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { scratchFolder } from '../../build/runtime/paths.ts';
import { languages } from '../../shared/lib/language.ts';
import { launchBrowser } from '../support/renderer/browser.ts';
import { type ServedPages, servePages } from '../support/renderer/pages.ts';
import { views } from '../support/renderer/views.ts';

const screenshots = path.join(scratchFolder, 'screenshots/renderer');

/**
 * A window of 1280 × 800 at 100 % and at 200 % browser zoom, and the three appearances. Size decides the layout and
 * appearance the colours, so the tests cover each size and each appearance, not every combination.
 */
const looks = [
  {
    name: 'light',
    size: { width: 1280, height: 800 },
    media: { colorScheme: 'light', forcedColors: 'none' },
  },
  {
    name: 'dark 200',
    size: { width: 640, height: 400 },
    media: { colorScheme: 'dark', forcedColors: 'none' },
  },
  {
    name: 'forced colours',
    size: { width: 1280, height: 800 },
    media: { colorScheme: 'dark', forcedColors: 'active' },
  },
] as const;

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

/** Runs in the page: names every element whose text does not fit its box. */
function findCutOffText(): readonly string[] {
  const found: string[] = [];
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth > width) found.push('the page scrolls sideways');
  for (const element of document.querySelectorAll<HTMLElement>('body *')) {
    const hasOwnWords = [...element.childNodes].some(
      (node) => node.nodeType === Node.TEXT_NODE && node.textContent?.trim() !== '',
    );
    if (!hasOwnWords || element.closest('.visually-hidden, .skip-link, svg') !== null) continue;
    if (!element.checkVisibility()) continue;
    const words = `<${element.tagName.toLowerCase()}> ${element.textContent?.slice(0, 40) ?? ''}`;
    const range = document.createRange();
    range.selectNodeContents(element);
    for (const box of range.getClientRects()) {
      if (box.left < -1 || box.right > width + 1) found.push(`outside the window: ${words}`);
    }
    for (let holder: HTMLElement | null = element; holder !== null; holder = holder.parentElement) {
      const { overflowX, overflowY } = getComputedStyle(holder);
      const clips = overflowX === 'hidden' || overflowX === 'clip';
      if (clips && holder.scrollWidth > holder.clientWidth + 1) found.push(`cut off: ${words}`);
      const clipsDown = overflowY === 'hidden' || overflowY === 'clip';
      if (clipsDown && holder.scrollHeight > holder.clientHeight + 1) found.push(`cut off below: ${words}`);
    }
    if (element.tagName === 'BUTTON' && element.scrollWidth > element.clientWidth + 1) {
      found.push(`wider than its button: ${words}`);
    }
  }
  return [...new Set(found)];
}

/** Runs in the page: names every control that is smaller than 24 × 24 px. */
function findSmallTargets(): readonly string[] {
  return [
    ...document.querySelectorAll<HTMLElement>('button, summary, .check-row, input:not([type=checkbox])'),
  ]
    .filter((element) => element.checkVisibility() && element.getBoundingClientRect().height < 31.5)
    .map((element) => `${element.tagName} ${element.textContent ?? ''}`);
}

async function shoot(page: Page, name: string): Promise<void> {
  const file = `${name.replaceAll(/[^a-zA-Z0-9]+/gu, '-')}.png`;
  await page.screenshot({ path: path.join(screenshots, file) });
}

/** Runs in the page. */
function positionBar(position: string): void {
  for (const bar of document.querySelectorAll<HTMLElement>('.action-bar')) bar.style.position = position;
}

describe.each(languages)('in %s', (language) => {
  test.each(views)('$name', async (view) => {
    const opened = await view.open(browser, pages, language);
    const { page } = opened;
    try {
      expect(await page.locator('html').getAttribute('lang')).toBe(language);
      expect(await page.title()).not.toBe('');
      expect(await page.locator('body').textContent()).not.toMatch(/\{\{|undefined|\[object/u);

      for (const { name, size, media } of looks) {
        await page.setViewportSize(size);
        await page.emulateMedia(media);
        // Whatever scrolls under the pinned bar is covered there, and free after the next turn of the wheel. Axe would
        // call the part in sight a small target. The tests of small windows measure the pinned bar itself.
        await page.evaluate(positionBar, 'static');
        const { violations } = await new AxeBuilder({ page })
          .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'])
          // Axe's own second page matters only for frames of other origins, and there are none.
          .setLegacyMode()
          .analyze();
        await page.evaluate(positionBar, '');
        const told = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`);
        expect(told, name).toEqual([]);
        expect(await page.evaluate(findCutOffText), name).toEqual([]);
        expect(await page.evaluate(findSmallTargets), name).toEqual([]);
        await shoot(page, `${view.name} ${language} ${name}`);
      }

      await page.emulateMedia({ colorScheme: 'light', forcedColors: 'none' });
      await page.setViewportSize({ width: 320, height: 640 });
      expect(await page.evaluate(findCutOffText), '320 px').toEqual([]);
      await shoot(page, `${view.name} ${language} 320 px`);
      expect(opened.faults).toEqual([]);
    } finally {
      await opened.close();
    }
  });
});
