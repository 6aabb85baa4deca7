/** Every page of the console in both languages and several looks: accessible, complete, and within its window. */
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import type { BrowserContextOptions, Page } from '@playwright/test';
import { beforeAll, expect, it } from 'vitest';
import { scratchFolder } from '../../build/runtime/paths.ts';
import { type Language, languages } from '../../shared/lib/language.ts';
import { machine, makeAgent, report, type TestCollector } from '../support/collector/collector.ts';
import { signInAs, testPassword } from '../support/collector/console-client.ts';
import { expectNoSideScroll, setUpConsole } from '../support/console/open-console.ts';

const screenshots = path.join(scratchFolder, 'screenshots/console');
const world = setUpConsole();
beforeAll(() => mkdir(screenshots, { recursive: true }));

const looks: readonly { readonly name: string; readonly options: BrowserContextOptions }[] = [
  { name: 'light', options: { viewport: { width: 1280, height: 800 } } },
  { name: 'dark 320', options: { colorScheme: 'dark', viewport: { width: 320, height: 640 } } },
  { name: 'forced', options: { forcedColors: 'active', viewport: { width: 1280, height: 800 } } },
];

async function fill(running: TestCollector): Promise<string> {
  const agent = await makeAgent(running);
  const first = agent.acknowledgement({ policyVersion: '2026.2', fullName: 'Gwenllian Llywelyn-Prydderch' });
  await report(agent, [
    first,
    agent.acknowledgement({
      action: 'declined',
      language: 'cy-GB',
      machine: { id: 'm', hostname: 'W'.repeat(63), os: '' },
    }),
    agent.acknowledgement({ action: 'help-requested', fullName: '', jobRole: '' }),
    agent.event({
      type: 'porthor.agent.heartbeat.v1',
      data: {
        agentVersion: '1.0.0',
        machine,
        capabilities: [],
        queueLength: 3,
        logon: { secondsToGate: 2.5, gate: 'shown' },
      },
    }),
    agent.event({
      type: 'porthor.agent.fault.v1',
      data: { fault: 'config-invalid', subject: 'idle', detail: '' },
    }),
  ]);
  await signInAs(running.collector, { name: 'Mair', roles: ['technician', 'signatory'] });
  return first.id;
}

interface View {
  readonly name: string;
  /** Below the address of the collector; the page is signed in unless `isVisitor`. */
  path(eventId: string): string;
  readonly isVisitor?: true;
  readonly isEmpty?: true;
  /** What shows that the page is complete. */
  ready(page: Page): Promise<unknown>;
}

const row = (page: Page) => page.locator('tbody tr').first().waitFor();
const views: readonly View[] = [
  { name: 'sign-in', path: () => '/', isVisitor: true, ready: (page) => page.locator('form').waitFor() },
  {
    name: 'link-gone',
    path: () => '/sign-in?code=used',
    isVisitor: true,
    ready: (page) => page.getByRole('heading', { level: 1 }).waitFor(),
  },
  {
    name: 'overview-empty',
    path: () => '/',
    isEmpty: true,
    ready: (page) => page.locator('.empty').waitFor(),
  },
  { name: 'overview', path: () => '/', ready: (page) => page.locator('.chart').first().waitFor() },
  { name: 'leadership', path: () => '/leadership', ready: (page) => page.locator('.chart').waitFor() },
  {
    name: 'empty',
    path: () => '/acknowledgements',
    isEmpty: true,
    ready: (page) => page.locator('.empty').waitFor(),
  },
  {
    name: 'acknowledgements',
    path: () => '/acknowledgements',
    ready: async (page) => {
      await row(page);
      await page.locator('.status:not(:empty)').waitFor();
    },
  },
  {
    name: 'acknowledgement',
    path: (eventId) => `/acknowledgements/${eventId}`,
    ready: (page) => page.locator('.proof .mark-good').nth(0).waitFor(),
  },
  { name: 'pcs', path: () => '/pcs', ready: row },
  { name: 'accounts', path: () => '/accounts', ready: row },
];

/** Each row shows all of its cells, and is still a row of a table for a screen reader. */
async function expectCards(page: Page): Promise<void> {
  const regions = page.locator('.table-region');
  for (const region of await regions.all()) {
    expect(await region.evaluate((element) => element.scrollWidth - element.clientWidth)).toBe(0);
  }
  if ((await page.locator('tbody tr').count()) === 0) return;
  const session = await page.context().newCDPSession(page);
  const { nodes } = await session.send('Accessibility.getFullAXTree');
  const roles = new Set(nodes.filter(({ ignored }) => !ignored).map(({ role }) => String(role?.value)));
  for (const role of ['table', 'row', 'columnheader', 'rowheader', 'cell']) expect(roles).toContain(role);
}

async function openView(view: View, language: Language, options: BrowserContextOptions): Promise<Page> {
  const running = await world.start();
  const eventId = view.isVisitor === true || view.isEmpty === true ? '' : await fill(running);
  const { page } =
    view.isVisitor === true
      ? await world.open(options)
      : await world.openSignedIn(running, { ...options, language });
  const address = new URL(view.path(eventId), running.address);
  address.searchParams.set('lang', language);
  await page.goto(address.href);
  await view.ready(page);
  return page;
}

const shown = views.flatMap((view) =>
  languages.flatMap((language) => looks.map((look) => [view.name, language, look.name, view, look] as const)),
);

it.each(shown)('%s in %s is accessible and complete, %s', async (name, language, lookName, view, look) => {
  const page = await openView(view, language, look.options);
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
  expect(await page.locator('html').getAttribute('lang')).toBe(language);
  expect(await page.title()).toMatch(/ – Porthor$/u);
  await expectNoSideScroll(page);
  if (lookName === 'dark 320') await expectCards(page);
  await page.screenshot({
    path: path.join(screenshots, `${name} ${language} ${lookName}.png`),
    fullPage: true,
  });
});

it.each(languages)('own account and the dialog of an account are accessible in %s', async (language) => {
  const running = await world.start();
  await fill(running);
  const { page } = await world.open({ viewport: { width: 1280, height: 800 } });
  await page.goto(`${running.address}/account?lang=${language}`);
  const [signInName, password] =
    language === 'cy-GB' ? ['Enw mewngofnodi', 'Cyfrinair'] : ['Sign-in name', 'Password'];
  await page.getByLabel(signInName).fill('Mair');
  await page.getByLabel(password, { exact: true }).fill(testPassword);
  await page.keyboard.press('Enter');
  await row(page);
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
  await page.screenshot({ path: path.join(screenshots, `own-account ${language}.png`), fullPage: true });
  await page.goto(`${running.address}/accounts?lang=${language}`);
  await page.locator('tbody button').first().click();
  await page.getByRole('dialog').waitFor();
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
  await page.screenshot({ path: path.join(screenshots, `account-dialog ${language}.png`) });
});
