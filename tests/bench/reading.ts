/**
 * What it takes to read and accept each shipped policy, beside what it took before the texts were rewritten. Ticks, pages,
 * clicks and keys are counted in a real browser, on the page that the gate shows.
 */
import type { Browser, Page } from 'playwright-core';
import { loadPack } from '../../electron/storage/packs/load-packs.ts';
import { type GateContract, gateContract, type ShownPolicy } from '../../shared/ipc/gate.ts';
import { countWords, pageText } from '../../shared/policy/reading.ts';
import { type Figure, figure } from '../support/bench/figure.ts';
import { launchBrowser } from '../support/renderer/browser.ts';
import { gateHandlers, gateState, policyScreen, shippedPolicy } from '../support/renderer/gate-states.ts';
import { openWindow, type WindowDouble } from '../support/renderer/open-window.ts';
import { type ServedPages, servePages } from '../support/renderer/pages.ts';

type Pack = 'staff' | 'visitor' | 'pupil' | 'young-pupil';

interface Effort {
  /** Title, text and statements, in English. */
  readonly words: number;
  readonly ticks: number;
  /** Pages with a heading of their own, from the policy to the confirmation. */
  readonly pages: number;
  /** From the open page to the open desktop. */
  readonly clicks: number;
  /** The same with the keyboard alone, without the letters of name and role. */
  readonly keys: number;
}

/**
 * Figures of commit 5f9d239. Words were counted by the same function; the others follow from its pages, which had a *Change*
 * beside each statement. Young pupils had the pupils' text.
 */
const before: Readonly<Record<Pack, Effort>> = {
  staff: { words: 1385, ticks: 9, pages: 3, clicks: 12, keys: 39 },
  visitor: { words: 937, ticks: 6, pages: 3, clicks: 9, keys: 30 },
  pupil: { words: 625, ticks: 6, pages: 3, clicks: 9, keys: 28 },
  'young-pupil': { words: 625, ticks: 6, pages: 3, clicks: 9, keys: 28 },
};

const mostStaffKeys = 20;

/** Ratios to before. */
const targets: Readonly<Record<Pack, Pick<Effort, 'words' | 'keys'>>> = {
  staff: { words: 0.6, keys: mostStaffKeys / before.staff.keys },
  visitor: { words: 0.6, keys: 0.75 },
  pupil: { words: 0.75, keys: 0.75 },
  'young-pupil': { words: 0.35, keys: 0.75 },
};

/** A user with the keyboard alone. Throws if a key does not lead where it should. */
async function countKeys(page: Page): Promise<number> {
  let keys = 0;
  const press = async (key: string): Promise<void> => {
    await page.keyboard.press(key);
    keys += 1;
  };
  const tabTo = async (selector: string): Promise<void> => {
    const target = page.locator(selector);
    for (let stops = 0; stops < 60; stops += 1) {
      await press('Tab');
      if (await target.evaluate((element) => element === document.activeElement)) return;
    }
    throw new Error(`bench: reading: Tab does not lead to ${selector}`);
  };
  await tabTo('.skip-link');
  await press('Enter');
  const boxes = await page.getByRole('checkbox').all();
  for (const box of boxes) {
    await press('Tab');
    await press('Space');
    if (!(await box.isChecked())) throw new Error('bench: reading: Space did not tick the next statement');
  }
  for (const field of ['#full-name', '#job-role']) {
    if ((await page.locator(field).count()) === 0) continue;
    await tabTo(field);
    await page.keyboard.type('Eleri');
  }
  await press('Enter');
  await page.locator('.summary').waitFor();
  await tabTo('.action-bar .button-primary');
  await press('Enter');
  await page.locator('.short-screen .button-primary').waitFor();
  await tabTo('.short-screen .button-primary');
  await press('Enter');
  return keys;
}

async function countClicks(page: Page): Promise<Pick<Effort, 'ticks' | 'pages' | 'clicks'>> {
  let clicks = 0;
  let pages = 0;
  const click = async (selector: string): Promise<void> => {
    await page.locator(selector).click();
    clicks += 1;
  };
  const noteHeading = async (selector: string): Promise<void> => {
    await page.locator(selector).waitFor();
    await page.locator('h1').waitFor();
    pages += 1;
  };
  await noteHeading('#accept');
  const boxes = await page.getByRole('checkbox').all();
  for (const box of boxes) {
    await box.click();
    clicks += 1;
  }
  for (const field of ['#full-name', '#job-role']) {
    if ((await page.locator(field).count()) > 0) await page.locator(field).fill('Eleri');
  }
  await click('#accept');
  await noteHeading('.summary');
  await click('.action-bar .button-primary');
  await noteHeading('.short-screen');
  await click('.short-screen .button-primary');
  return { ticks: boxes.length, pages, clicks };
}

function openGate(
  browser: Browser,
  pages: ServedPages,
  policy: ShownPolicy,
): Promise<WindowDouble<GateContract>> {
  return openWindow(browser, pages, {
    contract: gateContract,
    state: gateState(policyScreen(policy)),
    handlers: (self) =>
      gateHandlers(self, {
        accept: async () => {
          const { title, policyVersion } = policy;
          await self.push({
            ...self.state(),
            screen: {
              name: 'accepted',
              title,
              policyVersion,
              decidedAt: '2026-11-22T08:41:00Z',
              remaining: 0,
            },
          });
          return { outcome: 'recorded' };
        },
      }),
    context: { reducedMotion: 'reduce' },
  });
}

async function walk<Counted>(
  double: WindowDouble<GateContract>,
  count: (page: Page) => Promise<Counted>,
): Promise<Counted> {
  const counted = await count(double.page);
  const { length } = double.inputsOf('proceed');
  await double.close();
  if (length !== 1) throw new Error('bench: reading: the walk did not lead to the desktop');
  return counted;
}

async function countPackWords(name: Pack): Promise<number> {
  const pack = await loadPack(`assets/policies/${name}`);
  if (!pack.ok) throw new Error(`bench: reading: ${name}: ${pack.error.reason}`);
  const { manifest, texts } = pack.value;
  return countWords(pageText(manifest, texts['en-GB'], 'en-GB'));
}

async function measure(name: Pack, browser: Browser, pages: ServedPages): Promise<Effort> {
  const policy = await shippedPolicy(name);
  return {
    words: await countPackWords(name),
    ...(await walk(await openGate(browser, pages, policy), countClicks)),
    keys: await walk(await openGate(browser, pages, policy), countKeys),
  };
}

export async function run(): Promise<Figure[]> {
  const [browser, pages] = await Promise.all([launchBrowser(), servePages()]);
  try {
    const figures: Figure[] = [];
    for (const pack of ['staff', 'visitor', 'pupil', 'young-pupil'] as const) {
      const now = await measure(pack, browser, pages);
      for (const unit of ['words', 'ticks', 'pages', 'clicks', 'keys'] as const) {
        const target = unit === 'words' || unit === 'keys' ? targets[pack][unit] : 1;
        figures.push(
          figure({
            bench: `reading-${pack}-${unit}`,
            ours: now[unit],
            floor: before[pack][unit],
            unit,
            target: Number(target.toFixed(3)),
            good: 'at-most-target',
            runs: 1,
          }),
        );
      }
    }
    return figures;
  } finally {
    await browser.close();
    await pages.stop();
  }
}
