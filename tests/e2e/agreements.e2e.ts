/** My agreements in the real agent: the exact text after the school has replaced it, as a PDF too. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect } from '@playwright/test';
import { extractText } from 'unpdf';
import { acceptAndContinue } from '../support/e2e/answer.ts';
import { openFromTray } from '../support/e2e/tray.ts';
import { test } from '../support/e2e/world.ts';

test('a user can read and save an accepted text after the school has published another one', async ({
  world,
}) => {
  const first = await world.start();
  const gate = await first.gate();
  await expect(gate.locator('.policy-text')).toContainText('ask Nia Huws before');
  await acceptAndContinue(gate);
  await first.opened();
  await first.close(3000);
  await world.publish({ version: '2026.3', material: false }, 'Words that nobody here has accepted.');

  const agent = await world.start();
  await agent.opened();
  const file = path.join(world.folder, 'agreement.pdf');
  const suggested = await agent.app.evaluate(({ dialog }, filePath) => {
    const asked: string[] = [];
    Object.assign(globalThis, { asked });
    dialog.showSaveDialog = (...given: unknown[]) => {
      asked.push((given.at(-1) as { defaultPath: string }).defaultPath);
      return Promise.resolve({ canceled: false, filePath });
    };
    return asked;
  }, file);
  expect(suggested).toEqual([]);
  const page = await openFromTray(agent, 'My agreements', 'agreements');
  await page.getByRole('button', { name: /^Read it again/u }).click();
  await expect(page.locator('.policy-text')).toContainText('Accounts and passwords');
  await expect(page.locator('.policy-text')).not.toContainText('nobody here has accepted');
  await expect(page.locator('.answer-ticked')).toHaveCount(3);
  await world.screenshot('agreement', page);
  await page.getByRole('button', { name: 'Save as PDF' }).click();
  await expect(page.getByText('The PDF is saved here:')).toBeVisible();

  const { text } = await extractText(new Uint8Array(await readFile(file)), { mergePages: true });
  const words = text.replaceAll(/\s+/gu, ' ');
  const [receipt] = await world.collector().acknowledgements();
  for (const expected of [
    'Ysgol y Bryn',
    'Acceptable use policy for staff and governors',
    '2026.2',
    'Siân Prys',
    'Teacher',
    'I know that the school monitors',
    'Accounts and passwords',
    'Nia Huws',
  ]) {
    expect(words).toContain(expected);
  }
  expect(text.replaceAll(/\s+/gu, '')).toContain(receipt?.textSha256 ?? 'the collector has it');
  expect(words, 'buttons are not printed').not.toContain('Save as PDF');
});
