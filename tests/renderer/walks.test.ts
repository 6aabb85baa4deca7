/**
 * Walks by keyboard through accept, decline, help, warning and idle, in both languages. Each is kept as text: what has
 * the focus after each key, the tree that a screen reader reads, and what it announces.
 */
import path from 'node:path';
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { projectRoot } from '../../build/runtime/paths.ts';
import { gateContract } from '../../shared/ipc/gate.ts';
import { idleWarningContract } from '../../shared/ipc/idle-warning.ts';
import { mediaWarningContract } from '../../shared/ipc/media-warning.ts';
import { languages } from '../../shared/lib/language.ts';
import {
  frame,
  gateHandlers,
  gateState,
  policyScreen,
  shippedPolicy,
} from '../support/renderer/gate-states.ts';
import { cardsOf } from '../support/renderer/media-warning-states.ts';
import { setUpWindows } from '../support/renderer/set-up-windows.ts';

const windows = setUpWindows();

/** Collects what live regions say, in the page. */
async function listen(page: Page): Promise<void> {
  await page.evaluate(() => {
    const heard: string[] = [];
    Object.assign(window, { heard });
    const note = (node: Node): void => {
      const element = node instanceof Element ? node : node.parentElement;
      const region = element?.closest('[role=status], [role=alert]');
      const words = region?.textContent?.trim() ?? '';
      const line = `${region?.getAttribute('role') ?? ''}: ${words}`;
      if (words !== '' && heard.at(-1) !== line) heard.push(line);
    };
    new MutationObserver((changes) => {
      for (const { target, addedNodes } of changes) {
        note(target);
        for (const added of addedNodes) {
          if (!(added instanceof Element)) continue;
          for (const region of [added, ...added.querySelectorAll('[role=status], [role=alert]')])
            note(region);
        }
      }
    }).observe(document.body, { subtree: true, childList: true, characterData: true });
  });
}

/** Role and name of what has the focus, on one line. */
async function focusLine(page: Page): Promise<string> {
  const tree = await page.locator(':focus').ariaSnapshot();
  return (tree.split('\n')[0] ?? '').replace(/^- /u, '').slice(0, 160);
}

/** A walk: presses keys and keeps the focus after each. */
function startWalk(page: Page) {
  const lines: string[] = [];
  return {
    lines,
    press: async (...keys: readonly string[]): Promise<void> => {
      for (const key of keys) {
        await page.keyboard.press(key);
        lines.push(`${key.padEnd(6)} ${await focusLine(page)}`);
      }
    },
    type: async (text: string): Promise<void> => {
      await page.keyboard.type(text);
      lines.push(`types  ${text}`);
    },
    arrive: async (heading: string): Promise<void> => {
      await page.locator('h1, dialog h2', { hasText: heading }).first().waitFor();
      lines.push(`at     ${await focusLine(page)}`);
    },
    tree: async (name: string): Promise<void> => {
      lines.push('', `tree of ${name}:`, await page.locator('body').ariaSnapshot(), '');
    },
    heard: async (): Promise<void> => {
      const heard = await page.evaluate(() => (window as unknown as { heard: string[] }).heard);
      lines.push('', 'announced:', ...heard.map((line) => `  ${line}`));
    },
    keep: async (name: string): Promise<void> => {
      await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot(
        path.join(projectRoot, 'tests/renderer/walks', `${name}.txt`),
      );
    },
  };
}

const titles = {
  'en-GB': { check: 'Check before you confirm', accepted: 'Accepted', sure: 'Are you sure?', help: 'Help' },
  'cy-GB': {
    check: 'Gwiriwch cyn cadarnhau',
    accepted: "Wedi'i dderbyn",
    sure: "Ydych chi'n siŵr?",
    help: 'Help',
  },
} as const;

describe.each(languages)('in %s', (language) => {
  const title = titles[language];
  const openGate = async () =>
    windows.open({
      contract: gateContract,
      state: gateState(policyScreen(await shippedPolicy('visitor')), { language }),
      handlers: (self) =>
        gateHandlers(self, {
          accept: async () => {
            await self.push({
              ...self.state(),
              screen: {
                name: 'accepted',
                title: { 'en-GB': 'Visitors', 'cy-GB': 'Ymwelwyr' },
                policyVersion: '2026.2',
                decidedAt: new Date(2026, 10, 22, 8, 41).toISOString(),
                remaining: 0,
              },
            });
            return { outcome: 'recorded' };
          },
        }),
      context: { reducedMotion: 'reduce' },
    });

  test('accepting', async () => {
    const double = await openGate();
    const { page } = double;
    await listen(page);
    const walk = startWalk(page);
    await walk.tree('the policy');
    await walk.press('Tab', 'Enter', 'Tab', 'Space', 'Tab', 'Space', 'Tab');
    await walk.press('Enter');
    await page.getByRole('alert').waitFor();
    await walk.tree('what is missing, inside the page');
    await walk.press('Tab', 'Enter');
    await walk.type('Eleri Wynne');
    await walk.press('Enter');
    await walk.arrive(title.check);
    await walk.tree('the check page');
    await walk.press('Tab', 'Tab', 'Tab', 'Tab', 'Tab', 'Tab', 'Enter');
    await walk.arrive(title.accepted);
    await walk.tree('the confirmation');
    await walk.press('Tab');
    await walk.heard();
    await walk.keep(`accept ${language}`);
    await double.close();
  });

  test('declining, and asking for help', async () => {
    const double = await openGate();
    const { page } = double;
    await listen(page);
    const walk = startWalk(page);
    await page.locator('#decline').focus();
    await walk.press('Enter');
    await walk.arrive(title.sure);
    await walk.tree('the second step of declining');
    await walk.press('Tab', 'Escape');
    await page.locator('.button-rail').focus();
    await walk.press('Enter');
    await walk.arrive(title.help);
    await walk.tree('help');
    await walk.press('Tab', 'Enter');
    await page.locator('.dialog .mark-good').waitFor();
    await walk.press('Escape');
    await walk.heard();
    await walk.keep(`decline and help ${language}`);
    await double.close();
  });

  test('the warning about a stick', async () => {
    const nothing = () => Promise.resolve({});
    const double = await windows.open({
      contract: mediaWarningContract,
      state: { ...frame, language, cards: cardsOf({}) },
      handlers: () => ({
        setLanguage: nothing,
        eject: nothing,
        askForApproval: nothing,
        scan: nothing,
        close: nothing,
        painted: nothing,
        fitHeight: nothing,
      }),
      context: { reducedMotion: 'reduce' },
    });
    const { page } = double;
    await listen(page);
    const walk = startWalk(page);
    await walk.tree('the warning');
    await walk.press('Tab', 'Tab', 'Tab', 'Tab', 'Enter');
    await page.locator('textarea').waitFor();
    await walk.tree('asking for approval');
    await walk.press('Tab', 'Enter');
    await page.locator('.message').waitFor();
    await walk.heard();
    await walk.keep(`warning ${language}`);
    await double.close();
  });

  test('the idle warning', async () => {
    const state = {
      ...frame,
      language,
      purpose: 'lock',
      secondsLeft: 30,
      signOutAfterMinutes: 0,
    } as const;
    const double = await windows.open({
      contract: idleWarningContract,
      state,
      handlers: () => ({ stay: () => Promise.resolve({}), painted: () => Promise.resolve({}) }),
      context: { reducedMotion: 'reduce' },
    });
    const { page } = double;
    await listen(page);
    const walk = startWalk(page);
    await walk.tree('the warning');
    for (const secondsLeft of [29, 15, 14, 10, 9, 5, 1]) await double.push({ ...state, secondsLeft });
    await walk.heard();
    await walk.keep(`idle ${language}`);
    await double.close();
  });
});
