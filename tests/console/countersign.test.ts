/** A signatory's journey in the browser: name one's accounts, sign a batch by keyboard, withdraw one, in both languages. */
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import type { BrowserContextOptions, Page } from '@playwright/test';
import { beforeAll, expect, it } from 'vitest';
import { scratchFolder } from '../../build/runtime/paths.ts';
import { type Language, languages } from '../../shared/lib/language.ts';
import { makeAgent, report, type TestCollector } from '../support/collector/collector.ts';
import { signInAs, testPassword } from '../support/collector/console-client.ts';
import { expectNoSideScroll, setUpConsole } from '../support/console/open-console.ts';

const screenshots = path.join(scratchFolder, 'screenshots/console');
const world = setUpConsole();
beforeAll(() => mkdir(screenshots, { recursive: true }));

const words = {
  'en-GB': {
    name: 'Sign-in name',
    password: 'Password',
    mine: 'These are mine',
    accounts: 'Windows accounts, one a line',
    choose: (name: string) => `Choose ${name}`,
    own: 'Yours: another signatory must sign',
    all: 'Choose all that are shown',
    signTwo: 'Countersign 2 acceptances…',
    sign: 'Countersign',
    done: '2 acceptances are countersigned.',
    empty: 'Nothing waits for a countersignature',
    withdraw: 'Withdraw the countersignature…',
    reason: 'Reason',
    withdrawNow: 'Withdraw',
    withdrawn: /withdrew this countersignature on .*: Wrong person/u,
    signOne: 'Countersign…',
  },
  'cy-GB': {
    name: 'Enw mewngofnodi',
    password: 'Cyfrinair',
    mine: "Fy rhai i yw'r rhain",
    accounts: 'Cyfrifon Windows, un ar bob llinell',
    choose: (name: string) => `Dewis ${name}`,
    own: 'Eich un chi: rhaid i lofnodwr arall lofnodi',
    all: 'Dewis pob un a ddangosir',
    signTwo: 'Cydlofnodi 2 dderbyniad…',
    sign: 'Cydlofnodi',
    done: 'Cydlofnodwyd 2 dderbyniad.',
    empty: 'Nid oes dim yn aros am gydlofnod',
    withdraw: "Tynnu'r cydlofnod yn ôl…",
    reason: 'Rheswm',
    withdrawNow: "Tynnu'n ôl",
    withdrawn: /Tynnodd Mair\.Prys y cydlofnod hwn yn ôl ar .*: Wrong person/u,
    signOne: 'Cydlofnodi…',
  },
} as const;

async function fill(running: TestCollector): Promise<void> {
  for (const [fullName, name] of [
    ['Gwenllian Llywelyn-Prydderch', 'gwenllian'],
    ['Siân Ŵyn', 'swyn'],
    ['Mair Prys', 'mprys'],
  ] as const) {
    const agent = await makeAgent(running);
    const account = { name, domain: 'YSGOL', sid: '', upn: '', displayName: fullName };
    await report(agent, [agent.acknowledgement({ fullName, account })]);
  }
  await signInAs(running.collector, { name: 'Mair.Prys', roles: ['signatory'] });
}

async function openSignatory(
  running: TestCollector,
  language: Language,
  options: BrowserContextOptions,
): Promise<Page> {
  const { page } = await world.open(options);
  await page.goto(`${running.address}/countersign?lang=${language}`);
  await page.getByLabel(words[language].name).fill('Mair.Prys');
  await page.getByLabel(words[language].password, { exact: true }).fill(testPassword);
  await page.keyboard.press('Enter');
  return page;
}

async function expectAccessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
  await expectNoSideScroll(page);
}

const looks = {
  wide: { viewport: { width: 1280, height: 800 } },
  narrow: { colorScheme: 'dark', viewport: { width: 320, height: 640 } },
} satisfies Record<string, BrowserContextOptions>;
const shown = languages.flatMap((language) =>
  (['wide', 'narrow'] as const).map((look) => [language, look] as const),
);

it.each(shown)('names accounts, signs a batch and withdraws one, in %s, %s', async (language, look) => {
  const word = words[language];
  const running = await world.start();
  await fill(running);
  const page = await openSignatory(running, language, looks[look]);
  const shoot = (name: string) =>
    page.screenshot({ path: path.join(screenshots, `${name} ${language} ${look}.png`), fullPage: true });

  await page.getByRole('button', { name: word.mine }).click();
  expect(await page.getByLabel(word.accounts).getAttribute('aria-invalid')).toBe('true');
  await page.getByLabel(word.accounts).fill('ysgol\\mprys');
  await expectAccessible(page);
  await shoot('countersign-accounts');
  await page.getByRole('button', { name: word.mine }).press('Enter');

  await page.getByRole('table').waitFor();
  await expect.poll(() => page.getByText(word.own).count()).toBe(1);
  expect(await page.getByLabel(word.choose('Mair Prys')).count()).toBe(0);
  await page.getByLabel(word.choose('Siân Ŵyn')).press('Space');
  await page.getByLabel(word.choose('Gwenllian Llywelyn-Prydderch')).press('Space');
  await expectAccessible(page);
  await shoot('countersign');
  await page.getByRole('button', { name: word.signTwo }).press('Enter');
  await page.getByRole('dialog').waitFor();
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
  await page.screenshot({ path: path.join(screenshots, `countersign-dialog ${language} ${look}.png`) });
  await page.getByRole('dialog').getByRole('button', { name: word.sign, exact: true }).press('Enter');
  await page.getByText(word.done).waitFor();

  await page.goto(`${running.address}/acknowledgements?countersigned=yes&lang=${language}`);
  await page.getByRole('link', { name: 'Siân Ŵyn' }).click();
  await page.getByRole('button', { name: word.withdraw }).click();
  await page.getByLabel(word.reason).fill('Wrong person');
  await page.getByRole('dialog').getByRole('button', { name: word.withdrawNow, exact: true }).press('Enter');
  await page.getByText(word.withdrawn).waitFor();
  await page.getByRole('button', { name: word.signOne }).waitFor();
  await expectAccessible(page);
  await shoot('acknowledgement-countersigned');
});

it('shows an empty queue to a signatory who uses no school PC', async () => {
  const running = await world.start();
  await signInAs(running.collector, { name: 'Mair.Prys', roles: ['signatory'] });
  const page = await openSignatory(running, 'en-GB', looks.wide);
  await page.getByRole('button', { name: 'I use no school PC' }).click();
  await page.getByRole('heading', { name: words['en-GB'].empty }).waitFor();
  await expectAccessible(page);
});

it.each(languages)('a technician sets the accounts of a signatory, in %s', async (language) => {
  const running = await world.start();
  await fill(running);
  const { page } = await world.openSignedIn(running, { language, ...looks.wide });
  await page.goto(`${running.address}/accounts?lang=${language}`);
  await page.locator('tbody button').first().click();
  const dialog = page.getByRole('dialog');
  await dialog
    .getByLabel(language === 'cy-GB' ? 'Cyfrif Windows' : 'Windows account', { exact: true })
    .fill('YSGOL\\mprys');
  await dialog
    .getByRole('button', { name: language === 'cy-GB' ? 'Ychwanegu cyfrif' : 'Add an account' })
    .click();
  await dialog.getByText('YSGOL\\mprys', { exact: true }).waitFor();
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
  await page.screenshot({ path: path.join(screenshots, `account-windows-accounts ${language}.png`) });
  await dialog.locator('li button').click();
  await expect.poll(() => dialog.locator('li').count()).toBe(0);
});
