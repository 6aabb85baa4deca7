/** Policies in the browser: the list, one version in both languages with its gap, and what changed. */
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { scratchFolder } from '../../build/runtime/paths.ts';
import { languages } from '../../shared/lib/language.ts';
import { expectNoSideScroll, setUpConsole } from '../support/console/open-console.ts';

const screenshots = path.join(scratchFolder, 'screenshots/console');
const world = setUpConsole();
let policiesDirectory = '';

beforeAll(async () => {
  await mkdir(screenshots, { recursive: true });
  policiesDirectory = await mkdtemp(path.join(tmpdir(), 'porthor-policies-'));
  const manifest = JSON.parse(await readFile('assets/policies/staff/policy.json', 'utf8')) as {
    documents: Record<string, string>;
  };
  for (const [version, effectiveFrom] of [
    ['1', '2020-01-01'],
    ['2', '2021-01-01'],
  ] as const) {
    const pack = path.join(policiesDirectory, version);
    await cp('assets/policies/staff', pack, { recursive: true });
    await writeFile(path.join(pack, 'policy.json'), JSON.stringify({ ...manifest, version, effectiveFrom }));
  }
  const document = path.join(policiesDirectory, '2', manifest.documents['en-GB'] ?? '');
  await writeFile(document, `${await readFile(document, 'utf8')}\n\nA new last rule.\n`);
});
afterAll(() => rm(policiesDirectory, { recursive: true, force: true }));

const words = {
  'en-GB': { version: 'version 2', gap: 'This part is missing in Welsh.', none: 'No policies' },
  'cy-GB': { version: 'fersiwn 2', gap: "Mae'r rhan hon ar goll yn Gymraeg.", none: 'Dim polisïau' },
} as const;

async function expectAccessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
  await expectNoSideScroll(page);
}

const shown = languages.flatMap((language) => [1280, 320].map((width) => [language, width] as const));

it.each(shown)('shows versions, gaps and changes, in %s, %i px', async (language, width) => {
  const running = await world.start({ policiesDirectory });
  const { page } = await world.openSignedIn(running, { language, viewport: { width, height: 800 } });
  await page.goto(`${running.address}/policies?lang=${language}`);
  const link = page.getByRole('link', { name: words[language].version });
  await link.waitFor();
  await expectAccessible(page);
  await page.screenshot({
    path: path.join(screenshots, `policies ${language} ${width}.png`),
    fullPage: true,
  });
  await link.press('Enter');
  await page.getByText(words[language].gap).waitFor();
  expect(await page.getByText('A new last rule.').count()).toBe(language === 'en-GB' ? 2 : 1);
  await expectAccessible(page);
  await page.screenshot({ path: path.join(screenshots, `policy ${language} ${width}.png`), fullPage: true });
});

it.each(languages)('says what to do where there is no policy, in %s', async (language) => {
  const empty = await mkdtemp(path.join(policiesDirectory, '.empty-'));
  const running = await world.start({ policiesDirectory: empty });
  const { page } = await world.openSignedIn(running, { language });
  await page.goto(`${running.address}/policies?lang=${language}`);
  await page.getByRole('heading', { name: words[language].none }).waitFor();
  await expectAccessible(page);
});
