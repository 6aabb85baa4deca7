/** Several devices in one warning: the list scrolls inside the card, and what is asked of the window is the whole of it. */
import { expect, test } from 'vitest';
import { type MediaWarningContract, mediaWarningContract } from '../../shared/ipc/media-warning.ts';
import { frame } from '../support/renderer/gate-states.ts';
import { cardsOf } from '../support/renderer/media-warning-states.ts';
import { setUpWindows } from '../support/renderer/set-up-windows.ts';

const windows = setUpWindows();

const nothing = () => Promise.resolve({});

const sticks = (...numbers: readonly number[]) =>
  cardsOf(...numbers.map((number) => ({ name: `Stick ${number}` })));

test('four sticks scroll inside the card; Close and the contact stay', async () => {
  const double = await windows.open<MediaWarningContract>({
    contract: mediaWarningContract,
    state: { ...frame, cards: sticks(1) },
    handlers: () => ({
      setLanguage: nothing,
      eject: nothing,
      askForApproval: nothing,
      takeCode: nothing,
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

  await double.push({ ...double.state(), cards: sticks(1, 2, 3, 4) });
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
