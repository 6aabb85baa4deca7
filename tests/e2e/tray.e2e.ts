/** The agent after the gate: its tray menu and the small windows behind it, on the real desktop. */
import { expect } from '@playwright/test';
import { acceptAndContinue } from '../support/e2e/answer.ts';
import { choose, openFromTray, trayLabels } from '../support/e2e/tray.ts';
import { test } from '../support/e2e/world.ts';

test('the tray shows the state, locks the screen, and opens each small window in both languages', async ({
  world,
}) => {
  const agent = await world.start();
  await acceptAndContinue(await agent.gate());
  expect(await agent.opened()).toBe('receipt');
  await expect
    .poll(() => trayLabels(agent))
    .toEqual([
      'Porthor is running',
      'Lock now',
      'My agreements',
      'What Porthor records',
      'Report a problem',
      'Who to contact',
      'About Porthor',
    ]);
  await choose(agent, 'Lock now');
  await expect.poll(() => world.journal()).toEqual(['lock']);

  await expect.poll(async () => (await world.collector().acknowledgements()).length).toBe(1);
  for (const [label, page, english, welsh] of [
    [
      'My agreements',
      'agreements',
      'Acceptable use policy for staff and governors',
      'Polisi defnydd derbyniol',
    ],
    ['What Porthor records', 'records', 'What Porthor records', 'Beth mae Porthor yn ei gofnodi'],
    ['About Porthor', 'about', '0.0.0', '0.0.0'],
  ] as const) {
    const opened = await openFromTray(agent, label, page);
    await expect(opened.getByText(english).first()).toBeVisible();
    await world.screenshot(`${page}-en-GB`, opened);
    await opened.getByRole('button', { name: 'Cymraeg' }).click();
    await expect(opened.getByText(welsh).first()).toBeVisible();
    await world.screenshot(`${page}-cy-GB`, opened);
    await opened.getByRole('button', { name: 'English' }).click();
    await opened
      .getByRole('button', { name: 'Close' })
      .dispatchEvent('click')
      .catch(() => undefined);
    await expect.poll(() => agent.pageOf(page) === undefined).toBe(true);
  }
  expect(await agent.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(0);
});

test('the language that a user chooses in a window also applies to the tray and to the next login', async ({
  world,
}) => {
  const agent = await world.start();
  const gate = await agent.gate();
  await gate.getByRole('button', { name: 'Cymraeg' }).click();
  await acceptAndContinue(gate, 'cy-GB');
  expect(await agent.opened()).toBe('receipt');
  await expect.poll(async () => (await trayLabels(agent)).includes('Fy nghytundebau')).toBe(true);
  await agent.close();
  const next = await world.start();
  await expect.poll(async () => (await trayLabels(next)).includes('Cloi nawr')).toBe(true);
});

test('a second start by the user shows that the agent runs', async ({ world }) => {
  const agent = await world.start();
  await acceptAndContinue(await agent.gate());
  expect(await agent.opened()).toBe('receipt');
  await world.start().catch(() => undefined);
  await expect.poll(() => agent.pageOf('about') !== undefined).toBe(true);
});
