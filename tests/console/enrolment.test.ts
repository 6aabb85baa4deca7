/** How a technician prepares PCs to enrol, in a real browser. */
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import { expect, it } from 'vitest';
import { languages } from '../../shared/lib/language.ts';
import { enrolmentRequest, postJson } from '../support/collector/collector.ts';
import { expectNoSideScroll, screenshotFolder, setUpConsole } from '../support/console/open-console.ts';

const world = setUpConsole();
const words = {
  'en-GB': {
    none: 'There is no enrolment token yet',
    uses: 'Most enrolments',
    create: 'Create a token',
    revoke: 'Revoke',
    revoked: 'Revoked',
    glass: 'Make a new code',
  },
  'cy-GB': {
    none: 'Nid oes tocyn cofrestru eto',
    uses: 'Y nifer fwyaf o gofrestriadau',
    create: 'Creu tocyn',
    revoke: 'Dirymu',
    revoked: "Wedi'i ddirymu",
    glass: 'Gwneud cod newydd',
  },
} as const;

it.each(languages)('makes a token with its ready-made line, and revokes it, in %s', async (language) => {
  const running = await world.start();
  const installers = path.join(running.dataDirectory, 'installers');
  await mkdir(installers);
  await writeFile(path.join(installers, 'porthor-0.3.0.msi'), 'an installer');
  const say = words[language];
  const { page, complaints } = await world.openSignedIn(running, { language });
  await page.goto(`${running.address}/enrolment`);
  await page.getByRole('heading', { name: say.none }).waitFor();
  await page.getByLabel(say.uses).fill('30');
  await page.getByRole('button', { name: say.create }).press('Enter');
  const line = page.getByText(/^msiexec \/i porthor-0\.3\.0\.msi /u);
  await line.waitFor();
  const [, url = '', token = ''] =
    /COLLECTORURL=(\S+) ENROLMENTTOKEN=(pte_\S+)$/u.exec((await line.textContent()) ?? '') ?? [];
  expect(url).toBe(running.address);
  expect((await postJson(`${url}/v1/agents`, enrolmentRequest(token))).status).toBe(200);
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
  await page.getByRole('button', { name: say.glass }).press('Enter');
  await page.getByText(/^(?:[0-9A-Z]{4}-){3}[0-9A-Z]{4}$/u).waitFor();
  await page.screenshot({
    path: path.join(await screenshotFolder(), `enrolment ${language}.png`),
    fullPage: true,
  });
  await page.setViewportSize({ width: 320, height: 640 });
  await expectNoSideScroll(page);
  await page.reload();
  await page.getByRole('row', { name: /1 (?:of|o) 30/u }).waitFor();
  expect(await page.getByText(token).count()).toBe(0);
  await page.locator('tbody').getByRole('button').press('Enter');
  await page.getByRole('dialog').getByRole('button', { name: say.revoke, exact: true }).press('Enter');
  await page.getByText(say.revoked, { exact: true }).waitFor();
  expect((await postJson(`${url}/v1/agents`, enrolmentRequest(token))).status).toBe(401);
  expect(complaints).toEqual([]);
});
