/** The agent after the gate: its tray menu and the small windows behind it, on the real desktop. */
import { expect, type Page } from '@playwright/test';
import type { Menu } from 'electron';
import { acceptPolicy } from './support/answer.ts';
import { type RunningAgent, test } from './support/world.ts';

declare global {
  /** Set by the test agent: the menu that the tray shows now. */
  var trayMenu: Menu | undefined;
}

function trayLabels(agent: RunningAgent): Promise<readonly string[]> {
  return agent.app.evaluate(
    () =>
      globalThis.trayMenu?.items.filter(({ type }) => type !== 'separator').map(({ label }) => label) ?? [],
  );
}

function choose(agent: RunningAgent, label: string): Promise<void> {
  return agent.app.evaluate((_electron, wanted) => {
    const item = globalThis.trayMenu?.items.find((candidate) => candidate.label === wanted);
    if (item === undefined) throw new Error(`the tray has no entry ${wanted}`);
    item.click();
  }, label);
}

async function openFromTray(agent: RunningAgent, label: string, page: string): Promise<Page> {
  await choose(agent, label);
  await expect.poll(() => agent.pageOf(page) !== undefined).toBe(true);
  const opened = agent.pageOf(page);
  if (opened === undefined) throw new Error(`${page} did not open`);
  return opened;
}

test('the tray says how things are, locks, and opens each small window in both languages', async ({
  world,
}) => {
  const agent = await world.start();
  await acceptPolicy(await agent.gate());
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

test('the language that a person chooses in a window is the tray’s too, and that of the next login', async ({
  world,
}) => {
  const agent = await world.start();
  const gate = await agent.gate();
  await gate.getByRole('button', { name: 'Cymraeg' }).click();
  await acceptPolicy(gate, 'cy-GB');
  expect(await agent.opened()).toBe('receipt');
  await expect.poll(async () => (await trayLabels(agent)).includes('Fy nghytundebau')).toBe(true);
  await agent.close();
  const next = await world.start();
  await expect.poll(async () => (await trayLabels(next)).includes('Cloi nawr')).toBe(true);
});

test('starting the program again shows that it is there', async ({ world }) => {
  const agent = await world.start();
  await acceptPolicy(await agent.gate());
  expect(await agent.opened()).toBe('receipt');
  await world.start().catch(() => undefined);
  await expect.poll(() => agent.pageOf('about') !== undefined).toBe(true);
});
