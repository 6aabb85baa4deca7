/** The primary actions lie in the first screen at every size, in both languages, and no dialog hides its buttons. */
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { scratchFolder } from '../../build/runtime/paths.ts';
import { gateContract } from '../../shared/ipc/gate.ts';
import { mediaWarningContract } from '../../shared/ipc/media-warning.ts';
import { type Language, languages } from '../../shared/lib/language.ts';
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

/** Three common displays, then 1280 × 800 at 200 % and at 400 %, and the narrowest page of WCAG 1.4.10. */
const sizes = [
  { name: '1280 × 800', width: 1280, height: 800 },
  { name: '1366 × 768', width: 1366, height: 768 },
  { name: '1024 × 768', width: 1024, height: 768 },
  { name: '200 %', width: 640, height: 400 },
  { name: '400 %', width: 320, height: 200 },
  { name: '320 px', width: 320, height: 640 },
] as const;

const words = {
  'en-GB': {
    accept: 'I accept',
    decline: 'I do not accept',
    confirm: 'Confirm and continue',
    help: 'I need help',
    ask: 'Tell the school that I need help',
    close: 'Close',
    back: 'Go back',
    leave: 'Do not accept and sign out',
    statements: 'Go to the statements',
    askForApproval: 'Ask for approval',
    send: 'Send',
  },
  'cy-GB': {
    accept: "Rwy'n derbyn",
    decline: 'Nid wyf yn derbyn',
    confirm: 'Cadarnhau a pharhau',
    help: 'Mae angen help arnaf',
    ask: 'Dweud wrth yr ysgol fod angen help arnaf',
    close: 'Cau',
    back: 'Mynd yn ôl',
    leave: 'Peidio â derbyn ac allgofnodi',
    statements: 'Ewch at y datganiadau',
    askForApproval: 'Gofyn am gymeradwyaeth',
    send: 'Anfon',
  },
} as const satisfies Record<Language, object>;

function button(page: Page, name: string) {
  return page.getByRole('button', { name, exact: true });
}

/** Names the buttons that are not whole inside the window, or covered by something else. */
async function outOfSight(page: Page, names: readonly string[]): Promise<readonly string[]> {
  const found: string[] = [];
  for (const name of names) {
    const isInSight = await button(page, name).evaluate((element) => {
      const box = element.getBoundingClientRect();
      const middle = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
      return (
        box.top >= -1 &&
        box.left >= -1 &&
        box.bottom <= window.innerHeight + 1 &&
        box.right <= window.innerWidth + 1 &&
        (middle === element || element.contains(middle))
      );
    });
    if (!isInSight) found.push(name);
  }
  return found;
}

const folder = path.join(scratchFolder, 'screenshots/renderer/first-screen');

async function shoot(page: Page, name: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const file = `${name.replaceAll(/[^a-zA-Z0-9]+/gu, '-')}.png`;
  await page.screenshot({ path: path.join(folder, file) });
}

/** Shows the page in each size and collects what is out of sight there. */
async function checkSizes(page: Page, name: string, names: readonly string[]): Promise<void> {
  const missing: string[] = [];
  for (const { name: size, width, height } of sizes) {
    await page.setViewportSize({ width, height });
    await page.evaluate(() => window.scrollTo(0, 0));
    for (const one of await outOfSight(page, names)) missing.push(`${size}: ${one}`);
    await shoot(page, `${name} ${size}`);
  }
  expect(missing).toEqual([]);
}

describe.each(languages)('in %s', (language) => {
  const say = words[language];

  async function openGate() {
    return windows.open({
      contract: gateContract,
      state: gateState(policyScreen(await shippedPolicy('staff')), { language, breakGlassAvailable: true }),
      handlers: (self) => gateHandlers(self),
      context: { reducedMotion: 'reduce' },
    });
  }

  test('the policy shows both answers, and the way to the statements', async () => {
    const double = await openGate();
    const { page } = double;
    await checkSizes(page, `policy ${language}`, [say.accept, say.decline]);
    for (const { width, height } of sizes.slice(0, 3)) {
      await page.setViewportSize({ width, height });
      await page.evaluate(() => window.scrollTo(0, 0));
      const box = await page.getByRole('link', { name: say.statements }).boundingBox();
      expect((box?.y ?? Number.NaN) + (box?.height ?? Number.NaN)).toBeLessThanOrEqual(height);
    }
    await double.close();
  });

  test('the check page shows what confirms', async () => {
    const double = await openGate();
    const { page } = double;
    for (const box of await page.getByRole('checkbox').all()) await box.check();
    await page.locator('#full-name').fill('Eleri Wynne-Prydderch');
    await page.locator('#job-role').fill('Teacher');
    await button(page, say.accept).click();
    await button(page, say.confirm).waitFor();
    await checkSizes(page, `check ${language}`, [say.confirm]);
    await double.close();
  });

  test('an error brings its field into sight, above the actions', async () => {
    const double = await openGate();
    const { page } = double;
    for (const { width, height } of sizes) {
      await page.setViewportSize({ width, height });
      await button(page, say.accept).click();
      const summary = page.getByRole('alert');
      await summary.getByRole('link').nth(1).click();
      const isInSight = await page.locator('#full-name').evaluate((field) => {
        const box = field.getBoundingClientRect();
        const bar = document.querySelector('.action-bar')?.getBoundingClientRect().top ?? 0;
        return document.activeElement === field && box.top >= 0 && box.bottom <= bar;
      });
      expect(isInSight, `${width} × ${height}`).toBe(true);
    }
    await double.close();
  });

  test('the dialogs show their buttons', async () => {
    const double = await openGate();
    const { page } = double;
    await button(page, say.decline).click();
    await checkSizes(page, `decline ${language}`, [say.back, say.leave]);
    await button(page, say.back).click();
    await button(page, say.help).click();
    await checkSizes(page, `help ${language}`, [say.close, say.ask]);
    await double.close();
  });

  test('the warning shows Close, and brings the field in error into sight', async () => {
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
    await checkSizes(page, `warning ${language}`, [say.close]);
    await page.setViewportSize({ width: 320, height: 400 });
    await button(page, say.askForApproval).click();
    await button(page, say.send).click();
    await page.locator('.message').waitFor();
    const isInSight = await page.locator('textarea').evaluate((field) => {
      const box = field.getBoundingClientRect();
      const list = field.closest('.list')?.getBoundingClientRect();
      return list !== undefined && box.top >= list.top - 1 && box.bottom <= list.bottom + 1;
    });
    expect(isInSight).toBe(true);
    await shoot(page, `warning without a reason ${language}`);
    await double.close();
  });
});
