/** Signing in through the real pages: the one-time address, an account of one's own, and passwords. */
import type { Page } from '@playwright/test';
import { expect, it } from 'vitest';
import { signInAs, testPassword } from '../support/collector/console-client.ts';
import { setUpConsole } from '../support/console/open-console.ts';

const world = setUpConsole();

async function signIn(page: Page, name: string, password: string): Promise<void> {
  await page.getByLabel('Sign-in name').fill(name);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

const alertOf = (page: Page) => page.locator('.notice');

it('a one-time address signs in at its button, once, and survives being opened', async () => {
  const running = await world.start();
  const address = await running.collector.createConsoleAddress();
  for (let visit = 0; visit < 2; visit += 1) {
    const { page } = await world.open();
    await page.goto(address);
    await page.getByRole('button', { name: 'Sign in this once' }).waitFor();
  }
  const { page, complaints } = await world.open();
  await page.goto(address);
  await page.getByRole('button', { name: 'Sign in this once' }).click();
  await page.getByText('Technician (one-time link)').waitFor();
  expect(new URL(page.url()).search).toBe('');
  expect(complaints).toEqual([]);
  const later = await world.open();
  await later.page.goto(address);
  await later.page.getByRole('heading', { name: 'This address no longer works' }).waitFor();
});

it('a technician makes an account on the one-time address, and signs in with it afterwards', async () => {
  const running = await world.start();
  const { page } = await world.open();
  await page.goto(await running.collector.createConsoleAddress());
  await page.getByText('Make an account of your own instead').click();
  await page.getByLabel('Name', { exact: true }).fill('Gwen Morgan');
  await page.getByLabel('Sign-in name').fill('gwen');
  const password = page.getByLabel('New password');
  await password.fill('too short');
  await page.getByRole('button', { name: 'Create the account and sign in' }).click();
  await page.getByText('Choose a password of at least 12 characters.').waitFor();
  expect(await password.evaluate((field) => field === document.activeElement)).toBe(true);
  await password.fill(testPassword);
  await page.getByRole('button', { name: 'Create the account and sign in' }).click();
  await page.getByRole('link', { name: 'Gwen Morgan' }).waitFor();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  await signIn(page, 'GWEN', testPassword);
  await page.getByRole('link', { name: 'Gwen Morgan' }).waitFor();
});

it('a wrong password is named, and does not say whether the name exists', async () => {
  const running = await world.start();
  await signInAs(running.collector, { name: 'Mair', roles: ['viewer'] });
  const { page } = await world.open();
  await page.goto(running.address);
  for (const name of ['Mair', 'nobody-of-this-name']) {
    await signIn(page, name, 'not the password');
    await page.getByText('The sign-in name or the password is wrong. Check both and try again.').waitFor();
    await page.reload();
  }
  await signIn(page, 'Mair', testPassword);
  await page.getByRole('link', { name: 'Mair' }).waitFor();
});

it.each([
  ['en-GB', /Too many attempts\. Wait (?:one minute|\d+ minutes), then try again\./u],
  ['cy-GB', /Gormod o geisiadau\. Arhoswch .+, yna rhowch gynnig arall arni\./u],
] as const)('says in %s how long to wait after ten wrong passwords', async (language, sentence) => {
  const running = await world.start();
  const client = await signInAs(running.collector, { name: 'Mair', roles: ['viewer'] });
  const wrong = { signInName: 'Mair', password: 'not the password' };
  for (let attempt = 0; attempt < 10; attempt += 1) await client.ask('POST', '/api/session', wrong);
  const { page } = await world.open();
  await page.goto(`${running.address}/?lang=${language}`);
  await page.locator('input').first().fill('Mair');
  await page.locator('input[type=password]').fill(testPassword);
  await page.keyboard.press('Enter');
  await alertOf(page).waitFor();
  expect(await alertOf(page).innerText()).toMatch(sentence);
});

it('a session that ended elsewhere leads back to signing in', async () => {
  const running = await world.start();
  const client = await signInAs(running.collector, { name: 'Mair', roles: ['technician'] });
  const { page } = await world.open();
  await page.goto(running.address);
  await signIn(page, 'Mair', testPassword);
  await page.getByRole('link', { name: 'PCs' }).waitFor();
  const { items } = (await (await client.ask('GET', '/api/own/sessions')).json()) as {
    items: { sessionId: string; isThisOne: boolean }[];
  };
  for (const { sessionId, isThisOne } of items) {
    if (!isThisOne) await client.ask('DELETE', `/api/own/sessions/${sessionId}`);
  }
  await page.getByRole('link', { name: 'PCs' }).click();
  await page.getByRole('heading', { name: 'Sign in', level: 1 }).waitFor();
});
