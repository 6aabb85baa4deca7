/** Several devices in one warning: the list scrolls inside the card, and what is asked of the window is the whole of it. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  type MediaWarningContract,
  mediaWarningContract,
  type WarningCard,
} from '../../shared/ipc/media-warning.ts';
import { launchBrowser } from './support/browser.ts';
import { frame } from './support/gate-states.ts';
import { openWindow } from './support/open-window.ts';
import { type ServedPages, servePages } from './support/pages.ts';

let browser: Browser;
let pages: ServedPages;

beforeAll(async () => {
  [browser, pages] = await Promise.all([launchBrowser(), servePages()]);
});

afterAll(async () => {
  await browser.close();
  await pages.stop();
});

const nothing = () => Promise.resolve({});

function stick(number: number): WarningCard {
  return {
    id: `0198f0a0-0000-4000-8000-00000000000${number}`,
    kind: 'stick',
    name: `Stick ${number}`,
    sizeBytes: 16_000_000_000,
    places: ['E:'],
    serial: '4C530001230711104295',
    encryption: 'not-encrypted',
    approval: 'not-in-register',
    problems: ['not-encrypted', 'not-approved'],
    eject: 'ready',
    request: 'ready',
    answer: null,
    scan: 'ready',
    scanProgram: '',
  };
}

test('four sticks scroll inside the card; Close and the contact stay', async () => {
  const double = await openWindow<MediaWarningContract>(browser, pages, {
    contract: mediaWarningContract,
    state: { ...frame, cards: [stick(1)] },
    handlers: () => ({
      setLanguage: nothing,
      eject: nothing,
      askForApproval: nothing,
      scan: nothing,
      close: nothing,
      painted: nothing,
      fitHeight: nothing,
    }),
    // As the window is on a display of 1024 × 768.
    context: { viewport: { width: 480, height: 553 } },
  });
  const { page } = double;
  const asked = () => double.inputsOf('fitHeight').at(-1)?.heightPx ?? 0;
  await expect.poll(asked).toBeGreaterThan(200);
  const forOne = asked();
  expect(forOne, 'one device needs no scrolling').toBeLessThanOrEqual(553);

  await double.push({ ...double.state(), cards: [stick(1), stick(2), stick(3), stick(4)] });
  await expect.poll(asked).toBeGreaterThan(forOne * 2);
  const list = page.locator('.list');
  const isInside = async (name: string) => {
    const box = await page.getByText(name, { exact: true }).boundingBox();
    return box !== null && box.y >= 0 && box.y + box.height <= 553;
  };
  expect(await isInside('Close')).toBe(true);
  expect(await isInside('Who to contact')).toBe(true);
  expect(await page.evaluate(() => document.documentElement.scrollHeight)).toBeLessThanOrEqual(553);
  expect(await list.evaluate((element) => element.scrollHeight > element.clientHeight)).toBe(true);

  // By keyboard as well: what has the focus comes into sight.
  const last = page.getByRole('listitem', { name: /Stick 4/ }).getByRole('button', { name: 'Eject' });
  await last.focus();
  const inSight = await last.evaluate((button) => {
    const box = button.getBoundingClientRect();
    const frameBox = button.closest('.list')?.getBoundingClientRect();
    return frameBox !== undefined && box.top >= frameBox.top - 1 && box.bottom <= frameBox.bottom + 1;
  });
  expect(inSight).toBe(true);
  expect(double.faults).toEqual([]);

  // What the page asks for is enough: with it nothing scrolls.
  await page.setViewportSize({ width: 480, height: Math.ceil(asked()) });
  expect(await list.evaluate((element) => element.scrollHeight - element.clientHeight)).toBeLessThanOrEqual(
    1,
  );
  await double.close();
});
