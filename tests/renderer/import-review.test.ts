/** The review page of an import in a real browser: accessible, and readable in a narrow window. */
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeDraft } from '../../build/policy/import/make-draft.ts';
import { readSource } from '../../build/policy/import/read-source.ts';
import { writeReview } from '../../build/policy/import/review-page.ts';
import { makeWordPolicy } from '../fixtures/documents/make-word.ts';
import { launchBrowser } from '../support/renderer/browser.ts';

let browser: Browser;

beforeAll(async () => {
  browser = await launchBrowser();
});

afterAll(async () => {
  await browser.close();
});

async function reviewOfWord(): Promise<string> {
  const source = await readSource('policy.docx', await makeWordPolicy(), {
    language: 'en-GB',
    onPage: () => undefined,
  });
  if (!source.ok) throw new Error(source.error.reason);
  const draft = makeDraft(source.value, { audience: 'staff', language: 'en-GB' });
  const { title = '', notes } = draft;
  return writeReview({ name: 'policy.docx', title, language: 'en-GB', source: source.value, draft, notes });
}

test.each([
  ['wide', 1280, 'light'],
  ['narrow', 320, 'light'],
  ['dark', 1280, 'dark'],
] as const)('%s', async (_look, width, colorScheme) => {
  const context = await browser.newContext({ viewport: { width, height: 800 }, colorScheme });
  try {
    const page = await context.newPage();
    await page.setContent(await reviewOfWord());
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    expect(await page.evaluate(() => location.hash)).toBe('#draft');
  } finally {
    await context.close();
  }
});
