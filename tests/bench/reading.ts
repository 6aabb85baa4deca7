/** What it takes to accept each shipped policy by reading and by keyboard, beside what it took before the texts were rewritten. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { projectRoot } from '../../build/runtime/paths.ts';
import { gateContract } from '../../shared/ipc/gate.ts';
import { countWords, pageText } from '../../shared/policy/reading.ts';
import { type Figure, figure } from '../support/bench/figure.ts';
import { launchBrowser } from '../support/renderer/browser.ts';
import { gateHandlers, gateState, policyScreen, shippedPolicy } from '../support/renderer/gate-states.ts';
import { openWindow } from '../support/renderer/open-window.ts';
import { servePages } from '../support/renderer/pages.ts';

type Pack = 'staff' | 'visitor' | 'pupil' | 'young-pupil';

interface Effort {
  /** Title, text and statements, in English. */
  readonly words: number;
  readonly ticks: number;
  /** Windows of 1280 × 800 that the first page and the check page fill. */
  readonly pages: number;
  /** Ticks and buttons, up to the open desktop. */
  readonly clicks: number;
  /** Keys up to the open desktop, without the letters of name and role. */
  readonly keys: number;
}

/**
 * Figures of commit 5f9d239. Words: its files, counted by this benchmark's function. Ticks: its statements. Clicks and keys:
 * the stops of its pages, with a *Change* beside each statement. Young pupils had the same text as the others.
 */
const before: Readonly<Record<Pack, Pick<Effort, 'words' | 'ticks' | 'clicks' | 'keys'>>> = {
  staff: { words: 1385, ticks: 9, clicks: 12, keys: 39 },
  visitor: { words: 937, ticks: 6, clicks: 9, keys: 30 },
  pupil: { words: 625, ticks: 6, clicks: 9, keys: 28 },
  'young-pupil': { words: 625, ticks: 6, clicks: 9, keys: 28 },
};

const targets: Readonly<Record<Pack, Pick<Effort, 'words' | 'keys'>>> = {
  staff: { words: 0.6, keys: 20 / before.staff.keys },
  visitor: { words: 0.6, keys: 0.75 },
  pupil: { words: 0.75, keys: 0.75 },
  'young-pupil': { words: 0.35, keys: 0.75 },
};

async function countText(pack: Pack): Promise<number> {
  const folder = path.join(projectRoot, 'assets/policies', pack);
  const policy = await shippedPolicy(pack);
  return countWords(pageText(policy, await readFile(path.join(folder, 'policy.en-GB.md'), 'utf8'), 'en-GB'));
}

/** Presses keys as a practised user does. Throws if the keys do not lead to the desktop. */
async function countKeys(page: Page, ticks: number): Promise<number> {
  let keys = 0;
  const press = async (key: string): Promise<void> => {
    await page.keyboard.press(key);
    keys += 1;
  };
  const focusedId = () => page.evaluate(() => document.activeElement?.id ?? '');
  const tabTo = async (isThere: () => Promise<boolean>): Promise<void> => {
    for (let presses = 0; presses < 60; presses += 1) {
      await press('Tab');
      if (await isThere()) return;
    }
    throw new Error('bench: reading: Tab does not lead there');
  };
  // The first stop is the link to the statements.
  await press('Tab');
  await press('Enter');
  for (let tick = 0; tick < ticks; tick += 1) {
    await press('Tab');
    await press('Space');
  }
  for (const field of ['full-name', 'job-role']) {
    if ((await page.locator(`#${field}`).count()) === 0) continue;
    await press('Tab');
    if ((await focusedId()) !== field) throw new Error(`bench: reading: ${field} is not the next stop`);
    await page.keyboard.type('Eleri');
  }
  await press('Enter');
  const confirm = page.getByRole('button', { name: 'Confirm and continue' });
  await confirm.waitFor();
  await tabTo(() => confirm.evaluate((element) => element === document.activeElement));
  await press('Enter');
  const proceed = page.getByRole('button', { name: 'Continue', exact: true });
  await proceed.waitFor();
  await tabTo(() => proceed.evaluate((element) => element === document.activeElement));
  await press('Enter');
  return keys;
}

async function measure(pack: Pack): Promise<Effort> {
  const policy = await shippedPolicy(pack);
  const ticks = policy.statements.filter(({ required }) => required).length;
  const [browser, pages] = await Promise.all([launchBrowser(), servePages()]);
  try {
    const double = await openWindow(browser, pages, {
      contract: gateContract,
      state: gateState(policyScreen(policy)),
      handlers: (self) =>
        gateHandlers(self, {
          accept: async () => {
            await self.push({
              ...self.state(),
              screen: {
                name: 'accepted',
                title: policy.title,
                policyVersion: policy.policyVersion,
                decidedAt: '2026-11-22T08:41:12Z',
                remaining: 0,
              },
            });
            return { outcome: 'recorded' };
          },
        }),
      context: { reducedMotion: 'reduce' },
    });
    const { page } = double;
    await page.locator('#accept').waitFor();
    const heightPx = await page.evaluate(() => document.documentElement.scrollHeight);
    const keys = await countKeys(page, ticks);
    if (double.inputsOf('accept').length !== 1) throw new Error('bench: reading: nothing was accepted');
    // Each tick, then I accept, Confirm and Continue.
    const clicks = ticks + 3;
    return { words: await countText(pack), ticks, pages: Math.ceil(heightPx / 800), clicks, keys };
  } finally {
    await browser.close();
    await pages.stop();
  }
}

export async function run(): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const pack of ['staff', 'visitor', 'pupil', 'young-pupil'] as const) {
    const now = await measure(pack);
    const floor = before[pack];
    console.error(`${pack}: ${JSON.stringify(now)}, before: ${JSON.stringify(floor)}`);
    for (const unit of ['words', 'ticks', 'clicks', 'keys'] as const) {
      const target = unit === 'words' || unit === 'keys' ? targets[pack][unit] : 1;
      figures.push(
        figure({
          bench: `reading-${pack}-${unit}`,
          ours: now[unit],
          floor: floor[unit],
          unit,
          target,
          good: 'at-most-target',
          runs: 1,
        }),
      );
    }
  }
  return figures;
}
