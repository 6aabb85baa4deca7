/** A walk by keyboard through a window, kept as text: what has the focus, what a screen reader reads, what it announces. */
import path from 'node:path';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { projectRoot } from '../../../build/runtime/paths.ts';

const mostStops = 60;

/** Runs in the page before its own scripts, and collects what live regions announce. */
function collectAnnouncements(): void {
  const heard: string[] = [];
  Object.assign(window, { heard });
  const note = (region: Element | null | undefined): void => {
    const words = region?.textContent?.trim() ?? '';
    const line = `${region?.getAttribute('role') ?? ''}: ${words}`;
    if (words !== '' && heard.at(-1) !== line) heard.push(line);
  };
  const regions = '[role=status], [role=alert]';
  new MutationObserver((changes) => {
    for (const { target, addedNodes } of changes) {
      note((target instanceof Element ? target : target.parentElement)?.closest(regions));
      for (const added of addedNodes) {
        if (!(added instanceof Element)) continue;
        if (added.matches(regions)) note(added);
        for (const region of added.querySelectorAll(regions)) note(region);
      }
    }
  }).observe(document, { subtree: true, childList: true, characterData: true });
}

interface Walk {
  /** Presses each key, and keeps what has the focus after it. For keys that do not wait for the main process. */
  press(...keys: readonly string[]): Promise<void>;
  /** Presses a key until this has the focus, and keeps each stop. */
  pressTo(key: string, words: string): Promise<void>;
  type(text: string): Promise<void>;
  /** Presses a key, and waits for what it leads to. */
  pressAndWait(key: string, selector: string, words: string): Promise<void>;
  /** Keeps the roles, names and order of everything in the page, or in its dialog. */
  readTree(name: string): Promise<void>;
  /** Compares the walk with the kept file. `npx vitest … -u` renews it. */
  keep(name: string): Promise<void>;
}

/** The page is loaded again, so that the walk hears it from the start. */
export async function startWalk(page: Page): Promise<Walk> {
  const lines: string[] = [];
  await page.addInitScript(collectAnnouncements);
  await page.reload();
  await page.locator('h1').waitFor();

  const focusLine = async (): Promise<string> => {
    const focused = page.locator(':focus');
    if ((await focused.count()) === 0) return 'nothing';
    const tree = await focused.ariaSnapshot();
    return (tree.split('\n')[0] ?? '').replace(/^- /u, '').replace(/:$/u, '');
  };
  /** What a screen reader reads after the dialog's name, as it opens. */
  const describeDialog = async (): Promise<readonly string[]> =>
    page.locator('dialog[open]').evaluateAll((dialogs) =>
      dialogs.map((dialog) => {
        const ids = dialog.getAttribute('aria-describedby')?.split(' ') ?? [];
        const words = ids.map((id) => document.getElementById(id)?.textContent ?? `(no ${id})`);
        return `read as it opens: ${words.join(' ')}`;
      }),
    );
  const press = async (key: string): Promise<string> => {
    await page.keyboard.press(key);
    const focus = await focusLine();
    lines.push(`${key.padEnd(10)} ${focus}`);
    return focus;
  };
  lines.push(`opens at   ${await focusLine()}`);

  return {
    press: async (...keys) => {
      for (const key of keys) await press(key);
    },
    pressTo: async (key, words) => {
      for (let stops = 0; stops < mostStops; stops += 1) {
        if ((await press(key)).includes(`"${words}"`)) return;
      }
      throw new Error(`walk: ${key} does not lead to ${words}`);
    },
    type: async (text) => {
      await page.keyboard.type(text);
      lines.push(`types      ${text}`);
    },
    pressAndWait: async (key, selector, words) => {
      await page.keyboard.press(key);
      await page.locator(selector, { hasText: words }).first().waitFor();
      lines.push(`${key.padEnd(10)} ${await focusLine()}`);
    },
    readTree: async (name) => {
      const dialog = page.locator('dialog[open]');
      const whole = (await dialog.count()) > 0 ? dialog : page.locator('body');
      // How much of the text is in sight depends on the fonts of this computer.
      const tree = (await whole.ariaSnapshot()).replaceAll(/\d+ %/gu, 'N %');
      lines.push('', `--- ${name}`, tree, ...(await describeDialog()), '');
    },
    keep: async (name) => {
      const heard = await page.evaluate(() => (window as unknown as { heard: string[] }).heard);
      lines.push('', '--- announced', ...heard);
      await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot(
        path.join(projectRoot, 'tests/renderer/walks', `${name}.txt`),
      );
    },
  };
}

/** Selector of headings that a step leads to. */
export const headings = 'h1, dialog h2';
