/** Personnel files in the browser: from the list to a ZIP, with progress that survives a reload. */
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { beforeAll, expect, it } from 'vitest';
import { scratchFolder } from '../../build/runtime/paths.ts';
import { languages } from '../../shared/lib/language.ts';
import { makeAgent, report } from '../support/collector/collector.ts';
import { expectNoSideScroll, setUpConsole } from '../support/console/open-console.ts';

const screenshots = path.join(scratchFolder, 'screenshots/console');
const world = setUpConsole();
beforeAll(() => mkdir(screenshots, { recursive: true }));

const words = {
  'en-GB': {
    toFiles: 'PDFs for the personnel files…',
    start: 'Make them',
    download: 'Download',
    remove: /^Delete/u,
    empty: 'No PDFs yet',
    one: 'PDF for the personnel file',
  },
  'cy-GB': {
    toFiles: 'PDFs ar gyfer y ffeiliau personél…',
    start: 'Eu gwneud',
    download: 'Lawrlwytho',
    remove: /^Dileu/u,
    empty: 'Dim PDFs eto',
    one: 'PDF ar gyfer y ffeil bersonél',
  },
} as const;

async function expectAccessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
  await expectNoSideScroll(page);
}

const shown = languages.flatMap((language) => [1280, 320].map((width) => [language, width] as const));

it.each(shown)(
  'makes PDFs of what the list shows, in %s, %i px',
  { timeout: 180_000 },
  async (language, width) => {
    const word = words[language];
    const running = await world.start();
    const agent = await makeAgent(running);
    await report(agent, [
      agent.acknowledgement({ fullName: 'Siân Ŵyn' }),
      agent.acknowledgement({ fullName: 'Owain', action: 'declined' }),
    ]);
    const { page } = await world.openSignedIn(running, { language, viewport: { width, height: 800 } });
    await page.goto(`${running.address}/acknowledgements?action=accepted&lang=${language}`);
    await page.getByRole('link', { name: word.toFiles }).click();
    await page.getByRole('heading', { name: word.empty }).waitFor();
    await expectAccessible(page);
    await page.getByRole('button', { name: word.start }).press('Enter');
    await page.getByRole('table').waitFor();
    await page.reload();
    const download = page.getByRole('link', { name: word.download });
    await download.waitFor({ timeout: 90_000 });
    await expectAccessible(page);
    await page.screenshot({
      path: path.join(screenshots, `personnel-files ${language} ${width}.png`),
      fullPage: true,
    });
    const [file] = await Promise.all([page.waitForEvent('download', { timeout: 90_000 }), download.click()]);
    expect(file.suggestedFilename()).toBe('personnel-files.zip');
    await page.getByRole('button', { name: word.remove }).click();
    await page.getByRole('heading', { name: word.empty }).waitFor();

    await page.goto(`${running.address}/acknowledgements?lang=${language}`);
    await page.getByRole('link', { name: 'Siân Ŵyn' }).click();
    const one = page.getByRole('link', { name: word.one });
    const [pdf] = await Promise.all([page.waitForEvent('download', { timeout: 90_000 }), one.click()]);
    expect(pdf.suggestedFilename()).toMatch(/^Siân Ŵyn .*\.pdf$/u);
    await expectAccessible(page);
  },
);
