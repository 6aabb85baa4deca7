/** The whole console with nothing but a keyboard: what has focus is always known, seen, and comes back after a dialog. */
import type { Locator, Page } from '@playwright/test';
import { expect, it } from 'vitest';
import { makeAgent, report } from '../support/collector/collector.ts';
import { signInAs, testPassword } from '../support/collector/console-client.ts';
import { setUpConsole } from '../support/console/open-console.ts';

const world = setUpConsole();
/** More than any page has stops. */
const mostStops = 80;

const hasFocus = (target: Locator) => target.evaluate((element) => element === document.activeElement);

/** Walks with Tab until the target has focus, and expects to see where the focus is at every stop. */
async function tabTo(page: Page, target: Locator): Promise<void> {
  await target.waitFor();
  for (let stop = 0; stop < mostStops; stop += 1) {
    if (await hasFocus(target)) return;
    await page.keyboard.press('Tab');
    const unseen = await page.evaluate(() => {
      const element = document.activeElement;
      if (element === null || element === document.body) return '';
      const { outlineStyle, outlineWidth } = getComputedStyle(element);
      const box = element.getBoundingClientRect();
      const isSeen = outlineStyle !== 'none' && outlineWidth !== '0px' && box.width > 0 && box.height > 0;
      return isSeen ? '' : element.outerHTML;
    });
    expect(unseen).toBe('');
  }
  throw new Error(`${mostStops} presses of Tab do not reach it`);
}

async function pressOn(page: Page, target: Locator, key = 'Enter'): Promise<void> {
  await tabTo(page, target);
  await page.keyboard.press(key);
}

const heading = (page: Page, name: string) => page.getByRole('heading', { level: 1, name });
/** A page takes focus to its heading when it has loaded, from wherever it was. */
async function arriveAt(page: Page, name: string): Promise<void> {
  await expect
    .poll(() => heading(page, name).evaluateAll(([one]) => one === document.activeElement))
    .toBe(true);
}
const link = (page: Page, name: string) => page.getByRole('link', { name, exact: true });

async function signInByKeyboard(page: Page): Promise<void> {
  await tabTo(page, page.getByLabel('Sign-in name'));
  await page.keyboard.type('Mair');
  await tabTo(page, page.getByLabel('Password', { exact: true }));
  await page.keyboard.type(testPassword);
  await page.keyboard.press('Enter');
}

it('signs in, reads, filters, changes an account and signs out', { timeout: 120_000 }, async () => {
  const running = await world.start();
  const agent = await makeAgent(running);
  await report(agent, [
    agent.acknowledgement({ fullName: 'Carys Evans' }),
    agent.acknowledgement({ fullName: 'Owain Rhys' }),
  ]);
  await signInAs(running.collector, { name: 'Mair', roles: ['technician', 'signatory'] });
  const { page, complaints } = await world.open({ viewport: { width: 1280, height: 800 } });
  await page.goto(running.address);
  await signInByKeyboard(page);
  await arriveAt(page, 'Overview');

  await pressOn(page, link(page, 'Acknowledgements'));
  await arriveAt(page, 'Acknowledgements');
  await tabTo(page, page.getByLabel('Name or account'));
  await page.keyboard.type('evans');
  await link(page, 'Owain Rhys').waitFor({ state: 'detached' });
  await pressOn(page, link(page, 'Carys Evans'));
  await arriveAt(page, 'Carys Evans');

  await page.reload();
  await page.locator('.proof').waitFor();
  await page.keyboard.press('Tab');
  expect(await hasFocus(page.getByRole('link', { name: 'Skip to the content' }))).toBe(true);
  await page.keyboard.press('Enter');
  expect(await hasFocus(page.locator('main'))).toBe(true);
  await pressOn(page, link(page, 'All acknowledgements'));
  await arriveAt(page, 'Acknowledgements');

  await pressOn(page, link(page, 'PCs'));
  await arriveAt(page, 'PCs');
  await tabTo(page, page.getByLabel('Order'));
  await page.keyboard.press('ArrowDown');
  expect(new URL(page.url()).searchParams.get('sort')).toBe('name');

  await pressOn(page, link(page, 'Accounts'));
  await arriveAt(page, 'Accounts');
  const change = page.getByRole('button', { name: /^Change ?: Mair$/u });
  await pressOn(page, change);
  const dialog = page.getByRole('dialog');
  await dialog.waitFor();
  await tabTo(page, dialog.getByRole('checkbox', { name: /^Viewer/u }));
  await page.keyboard.press('Space');
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  expect(await hasFocus(change)).toBe(true);

  await pressOn(page, page.getByRole('button', { name: 'Cymraeg' }), 'Space');
  await heading(page, 'Cyfrifon').waitFor();
  await pressOn(page, page.getByRole('button', { name: 'Allgofnodi' }));
  await heading(page, 'Mewngofnodi').waitFor();
  expect(complaints).toEqual([]);
});

it('opens the menu of a narrow page, and closes it behind itself', async () => {
  const running = await world.start();
  const { page } = await world.openSignedIn(running, { viewport: { width: 320, height: 640 } });
  await arriveAt(page, 'Overview');
  const menu = page.getByRole('button', { name: 'Menu' });
  expect(await link(page, 'PCs').isVisible()).toBe(false);
  await pressOn(page, menu);
  expect(await menu.getAttribute('aria-expanded')).toBe('true');
  await pressOn(page, link(page, 'PCs'));
  await heading(page, 'PCs').waitFor();
  expect(await menu.getAttribute('aria-expanded')).toBe('false');
});
