/** The tray of a running agent: reads its menu, and chooses an entry as a user would. */
import { expect, type Page } from '@playwright/test';
import type { Menu } from 'electron';
import type { RunningAgent } from './world.ts';

declare global {
  /** Set by the test agent: the menu that the tray shows now. */
  var trayMenu: Menu | undefined;
}

/** Labels of the menu without its lines; of the entry `within`, where one is named. None before there is a tray. */
export function trayLabels(agent: RunningAgent, within?: string): Promise<readonly string[]> {
  return agent.app.evaluate((_electron, name) => {
    const { trayMenu: menu } = globalThis;
    const shown = name === undefined ? menu : menu?.items.find(({ label }) => label === name)?.submenu;
    return shown?.items.filter(({ type }) => type !== 'separator').map(({ label }) => label) ?? [];
  }, within);
}

/** Waits until the menu has the entry. */
export async function choose(agent: RunningAgent, label: string): Promise<void> {
  await expect.poll(() => trayLabels(agent)).toContain(label);
  await agent.app.evaluate((_electron, wanted) => {
    globalThis.trayMenu?.items.find((item) => item.label === wanted)?.click();
  }, label);
}

/** The page of the window that the entry opens, by the page's name. */
export async function openFromTray(agent: RunningAgent, label: string, page: string): Promise<Page> {
  await choose(agent, label);
  await expect.poll(() => agent.pageOf(page) !== undefined).toBe(true);
  const opened = agent.pageOf(page);
  if (opened === undefined) throw new Error(`${page} did not open`);
  return opened;
}
