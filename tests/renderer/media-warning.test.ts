/** The warning's page: several devices scroll inside the card, and a code by telephone takes one press and one field. */
import { expect, test } from 'vitest';
import {
  type MediaWarningContract,
  mediaWarningContract,
  type WarningCard,
} from '../../shared/ipc/media-warning.ts';
import { frame } from '../support/renderer/gate-states.ts';
import { cardsOf, codeCard } from '../support/renderer/media-warning-states.ts';
import { setUpWindows } from '../support/renderer/set-up-windows.ts';

const windows = setUpWindows();

const nothing = () => Promise.resolve({});
const handlers = () => ({
  setLanguage: nothing,
  eject: nothing,
  askForApproval: nothing,
  takeCode: nothing,
  scan: nothing,
  close: nothing,
  painted: nothing,
  fitHeight: nothing,
});

const sticks = (...numbers: readonly number[]) =>
  cardsOf(...numbers.map((number) => ({ name: `Stick ${number}` })));

test('four sticks scroll inside the card; Close and the contact stay', async () => {
  const double = await windows.open<MediaWarningContract>({
    contract: mediaWarningContract,
    state: { ...frame, cards: sticks(1) },
    handlers,
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

test('a code by telephone: the number to read out, one press of Enter sends it once, Escape and Back return', async () => {
  const card = (change: Partial<WarningCard>) => cardsOf({ ...codeCard, ...change });
  const double = await windows.open<MediaWarningContract>({
    contract: mediaWarningContract,
    state: { ...frame, cards: card({}) },
    handlers,
  });
  const { page } = double;
  const open = page.getByRole('button', { name: 'I have a code', exact: true });
  const field = page.getByRole('textbox', { name: "The technician's code" });
  const show = (change: Partial<WarningCard>) => double.push({ ...double.state(), cards: card(change) });
  const hasFocus = (one: typeof open) =>
    expect.poll(() => one.evaluate((el) => el === document.activeElement));

  await open.press('Enter');
  await hasFocus(field).toBe(true);
  await page.getByText('0KM4-7WXQ', { exact: true }).waitFor();
  await page.keyboard.press('Enter');
  expect(double.inputsOf('takeCode'), 'an empty field sends nothing').toEqual([]);

  await page.keyboard.type(' 4h7k 0q2w 9rtx 31mf yy60 ');
  await page.keyboard.press('Enter');
  await expect.poll(() => double.inputsOf('takeCode').length).toBe(1);
  await show({ offlineCode: 'working' });
  await page.getByRole('button', { name: 'Use the code', disabled: true }).waitFor();
  await page.keyboard.press('Enter');
  await show({ offlineCode: 'other-device' });
  await expect
    .poll(() => page.getByRole('alert').allTextContents())
    .toContain('This code is for another device. Read out the number above.');
  expect(double.inputsOf('takeCode')).toEqual([
    { id: double.state().cards[0]?.id, code: '4h7k 0q2w 9rtx 31mf yy60' },
  ]);
  expect(await field.inputValue()).toBe(' 4h7k 0q2w 9rtx 31mf yy60 ');

  await page.keyboard.press('Escape');
  await hasFocus(open).toBe(true);
  await open.press('Enter');
  await hasFocus(field).toBe(true);
  expect(await page.locator('.message').count(), 'the answer to the earlier code').toBe(0);
  await page.getByRole('button', { name: 'Go back', exact: true }).press('Enter');
  await hasFocus(open).toBe(true);
  expect(double.inputsOf('close'), 'Escape left the form and not the warning').toEqual([]);
  await page.keyboard.press('Escape');
  await expect.poll(() => double.inputsOf('close').length).toBe(1);

  await show({ problems: [], approval: 'approved' });
  await page.getByText('Your school has approved it. You can use it.').waitFor();
  expect(await open.count()).toBe(0);
  expect(double.faults).toEqual([]);
  await double.close();
});
