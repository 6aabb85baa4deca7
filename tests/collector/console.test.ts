/** The console's page in a real browser: who may see it, what it shows, and that it keeps showing it. */
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, BrowserContextOptions, Page } from '@playwright/test';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { scratchFolder } from '../../build/runtime/paths.ts';
import { type Language, languages } from '../../shared/lib/language.ts';
import {
  acknowledgedData,
  makeAgent,
  report,
  startTestCollector,
  type TestCollector,
} from '../support/collector/collector.ts';
import { launchBrowser } from '../support/renderer/browser.ts';

const screenshots = path.join(scratchFolder, 'screenshots/collector');
const hostile = `<img src=x onerror="document.title='owned'">"'&lt;</script><script>document.title='owned'</script>`;

const winterMorning = '2026-11-22T08:40:00.000Z';

let browser: Browser;

beforeAll(async () => {
  [browser] = await Promise.all([launchBrowser(), mkdir(screenshots, { recursive: true })]);
});

afterAll(async () => {
  await browser.close();
});

/** A page that fails the test when the browser reports an error, such as a broken script or a refused style. */
async function openPage(options: BrowserContextOptions = {}): Promise<{ page: Page; complaints: string[] }> {
  const context = await browser.newContext(options);
  onTestFinished(() => context.close());
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  return { page, complaints };
}

async function openSignedIn(running: TestCollector, options: BrowserContextOptions = {}) {
  const opened = await openPage(options);
  await opened.page.goto(await running.collector.createConsoleAddress());
  expect(new URL(opened.page.url()).pathname).toBe('/');
  return opened;
}

const rowsOf = (page: Page) => page.locator('tbody tr');

describe('signing in', () => {
  it('works once with the printed address, and keeps the browser signed in', async () => {
    const running = await startTestCollector();
    const link = await running.collector.createConsoleAddress();
    const looked = await fetch(link, { method: 'HEAD' });
    expect(looked.status).toBe(405);
    const first = await fetch(link, { redirect: 'manual' });
    expect([first.status, first.headers.get('location')]).toEqual([303, '/']);
    const cookie = first.headers.get('set-cookie') ?? '';
    expect(cookie).toMatch(/^porthor-console=[\w-]{43}; Path=\/; Max-Age=43200; HttpOnly; SameSite=Strict$/u);
    const second = await fetch(link, { redirect: 'manual' });
    expect([second.status, second.headers.get('set-cookie')]).toEqual([401, null]);
    expect(await second.text()).toContain('This address no longer works');
    const session = cookie.split(';')[0] ?? '';
    for (const [sent, status] of [
      [session, 200],
      [`other=1; ${session}`, 200],
      [session.slice(0, -1), 401],
      ['porthor-console=', 401],
    ] as const) {
      expect((await fetch(running.address, { headers: { cookie: sent } })).status).toBe(status);
    }
  });

  it('opens one session when many requests use one address at once', async () => {
    const running = await startTestCollector();
    const link = await running.collector.createConsoleAddress();
    const answers = await Promise.all(Array.from({ length: 10 }, () => fetch(link, { redirect: 'manual' })));
    expect(answers.filter(({ status }) => status === 303)).toHaveLength(1);
  });

  it('fails after 10 minutes, and a session ends after 12 hours', async () => {
    let nowMs = Date.parse('2026-11-22T08:00:00Z');
    const running = await startTestCollector({ now: () => new Date(nowMs) });
    const early = await running.collector.createConsoleAddress();
    const late = await running.collector.createConsoleAddress();
    nowMs += 9 * 60_000;
    const opened = await fetch(early, { redirect: 'manual' });
    const cookie = opened.headers.get('set-cookie')?.split(';')[0] ?? '';
    nowMs += 60_000;
    expect((await fetch(late, { redirect: 'manual' })).status).toBe(401);
    nowMs += 11 * 3_600_000;
    expect((await fetch(running.address, { headers: { cookie } })).status).toBe(200);
    nowMs += 3_600_000;
    expect((await fetch(running.address, { headers: { cookie } })).status).toBe(401);
  });

  it('is required before any address of the console shows a name', async () => {
    const running = await startTestCollector();
    const agent = await makeAgent(running);
    await report(agent, [agent.acknowledgement()]);
    for (const place of ['/', '/?before=99', '/api/acknowledgements/stream?after=0', '/sign-in?code=']) {
      const response = await fetch(running.address + place);
      expect([place, response.status]).toEqual([place, 401]);
      expect(await response.text()).not.toMatch(/carys/iu);
    }
  });

  it('is explained in the language that the browser asks for', async () => {
    const { address } = await startTestCollector();
    const ask = async (query: string, preferred: string) => {
      const body = await (
        await fetch(`${address}/${query}`, { headers: { 'accept-language': preferred } })
      ).text();
      expect(body).toContain('npm run collector -- console --data');
      return /<html lang="([^"]+)">/u.exec(body)?.[1];
    };
    expect(await ask('', 'cy, en;q=0.5')).toBe('cy-GB');
    expect(await ask('', 'en;q=0.5, cy;q=0.9')).toBe('cy-GB');
    expect(await ask('', 'fr, cy;q=0, en;q=0.1')).toBe('en-GB');
    expect(await ask('?lang=en-GB', 'cy')).toBe('en-GB');
    expect(await ask('?lang=cy-GB', 'en')).toBe('cy-GB');
    expect(await ask('?lang=%3Cscript%3E', 'cy')).toBe('cy-GB');
  });
});

describe('the list', () => {
  it('says what to do while it is empty, and shows the first acknowledgement without a reload', async () => {
    const running = await startTestCollector();
    const agent = await makeAgent(running);
    const { page, complaints } = await openSignedIn(running);
    await page.getByRole('heading', { name: 'No acknowledgements yet' }).waitFor();
    await page.getByText('Connected: new answers appear by themselves.').waitFor();
    await report(agent, [
      agent.acknowledgement({
        language: 'cy-GB',
        policyId: 'staff',
        policyVersion: '2026.2',
        decidedAt: winterMorning,
      }),
    ]);
    await rowsOf(page).first().waitFor();
    expect(await rowsOf(page).locator('th, td').allInnerTexts()).toEqual([
      '22 November 2026 at 08:40',
      'Carys Evans\nTeacher',
      'SCHOOL\\carys',
      'Accepted\nNot signed by the PC',
      'Acceptable use policy for staff and governors, version 2026.2',
      'Welsh',
      'LAB-01',
    ]);
    expect(await page.getByRole('heading', { name: 'No acknowledgements yet' }).count()).toBe(0);
    expect(await page.getByRole('log').textContent()).toBe('New answer: Carys Evans, Accepted');
    await report(agent, [
      agent.event(),
      agent.acknowledgement({ action: 'declined', fullName: '', jobRole: '' }),
    ]);
    await page.getByText('Did not accept', { exact: true }).waitFor();
    expect(await rowsOf(page).locator('.who').allInnerTexts()).toEqual(['carys', 'Carys Evans']);
    expect(complaints).toEqual([]);
  });

  it('shows rows that arrive live exactly as rows that were already there', async () => {
    const running = await startTestCollector();
    const agent = await makeAgent(running);
    const { page } = await openSignedIn(running);
    await page.getByText('Connected: new answers').waitFor();
    await report(agent, [
      agent.acknowledgement(),
      agent.acknowledgement({
        action: 'help-requested',
        fullName: hostile,
        decidedAt: '2026-07-01T08:40:00Z',
      }),
    ]);
    await rowsOf(page).nth(1).waitFor();
    const describeRows = () =>
      rowsOf(page).evaluateAll((rows) =>
        rows.map((row) =>
          [...row.querySelectorAll('*')].map((cell) =>
            [
              cell.localName,
              ...['scope', 'datetime', 'class', 'data-action'].map((name) => cell.getAttribute(name)),
              cell.children.length === 0 ? cell.textContent : '',
            ].join('|'),
          ),
        ),
      );
    const live = await describeRows();
    await page.reload();
    expect(await describeRows()).toEqual(live);
    // Summer time: the school's time zone, not the server's.
    expect(live.flat().join('\n')).toContain('1 July 2026 at 09:40');
  });

  it('works without JavaScript', async () => {
    const running = await startTestCollector();
    const agent = await makeAgent(running);
    const { page } = await openSignedIn(running, { javaScriptEnabled: false });
    await report(agent, [agent.acknowledgement({ decidedAt: winterMorning })]);
    await page.getByRole('link', { name: 'Load the list again' }).click();
    expect(await rowsOf(page).locator('.who').allInnerTexts()).toEqual(['Carys Evans']);
    await page.getByRole('link', { name: 'Cymraeg' }).click();
    expect(await page.locator('html').getAttribute('lang')).toBe('cy-GB');
    expect(await rowsOf(page).locator('td').first().textContent()).toBe('22 Tachwedd 2026 am 08:40');
    expect(await rowsOf(page).locator('.answer').textContent()).toBe('Wedi derbyn');
  });

  it('names characters that cannot be seen or turn the text around, and isolates each name', async () => {
    const running = await startTestCollector();
    const agent = await makeAgent(running);
    const { page } = await openSignedIn(running);
    const odd = acknowledgedData({
      fullName: 'Carys \u202eIncarE\u200b',
      jobRole: 'مدرّسة',
      account: { ...acknowledgedData().account, name: 'ca\u0000rys\u3164' },
    });
    await page.getByText('Connected: new answers').waitFor();
    await report(agent, [agent.acknowledgement(odd)]);
    await rowsOf(page).first().waitFor();
    const cells = () => rowsOf(page).locator('bdi').allTextContents();
    const live = await cells();
    expect(live.slice(0, 3)).toEqual([
      'Carys [U+202E]IncarE[U+200B]',
      'مدرّسة',
      'SCHOOL\\ca\ufffdrys[U+3164]',
    ]);
    await page.reload();
    expect(await cells()).toEqual(live);
    await page.goto(`${running.address}/pcs`);
    expect(await cells()).toContain('LAB-01');
  });

  it('shows hostile names as the text that they are', async () => {
    const running = await startTestCollector();
    const agent = await makeAgent(running);
    const attack = () =>
      agent.acknowledgement({
        fullName: hostile,
        jobRole: hostile,
        account: { name: hostile, domain: hostile, sid: '', upn: '', displayName: hostile },
        machine: { id: 'm', hostname: hostile, os: '' },
      });
    await report(agent, [attack()]);
    const { page, complaints } = await openSignedIn(running);
    await page.getByText('Connected: new answers').waitFor();
    await report(agent, [attack()]);
    await rowsOf(page).nth(1).waitFor();
    for (const row of await rowsOf(page).all()) {
      expect(await row.locator('.who').textContent()).toBe(hostile);
      expect(await row.locator('td').last().textContent()).toBe(hostile);
    }
    expect(await page.locator('tbody img, tbody script').count()).toBe(0);
    expect(await page.title()).toBe('Policy acknowledgements – Porthor');
    expect(complaints).toEqual([]);
  });

  it('catches up by itself on answers that arrived while the collector was away', async () => {
    const running = await startTestCollector();
    const agent = await makeAgent(running);
    const { page } = await openSignedIn(running);
    await page.getByText('Connected: new answers').waitFor();
    await report(agent, [agent.acknowledgement({ fullName: 'Before' })]);
    await rowsOf(page).first().waitFor();
    await running.collector.close();
    await page.getByText('Not connected').waitFor();
    await startTestCollector({
      dataDirectory: running.dataDirectory,
      port: Number(new URL(running.address).port),
    });
    await report(agent, [agent.acknowledgement({ fullName: 'After' })]);
    await rowsOf(page).nth(1).waitFor();
    expect(await rowsOf(page).locator('.who').allInnerTexts()).toEqual(['After', 'Before']);
  });

  it('tries again after an answer that makes the browser give up', async () => {
    const running = await startTestCollector();
    const agent = await makeAgent(running);
    const { page } = await openPage();
    const link = await running.collector.createConsoleAddress();
    let refusals = 0;
    await page.route('**/api/acknowledgements/stream*', (route) => {
      refusals += 1;
      return refusals === 1 ? route.fulfill({ status: 502, body: 'a proxy says' }) : route.continue();
    });
    await page.clock.install();
    await page.goto(link);
    await page.getByText('Not connected').waitFor();
    await report(agent, [agent.acknowledgement()]);
    await page.clock.runFor(5000);
    await page.getByText('Connected: new answers').waitFor();
    await rowsOf(page).first().waitFor();
  });

  it('goes back page by page to the first acknowledgement', async () => {
    const running = await startTestCollector();
    const agent = await makeAgent(running);
    await report(
      agent,
      Array.from({ length: 401 }, (_, index) => agent.acknowledgement({ fullName: `Person ${index + 1}` })),
    );
    const { page } = await openSignedIn(running);
    const seen: string[] = [];
    for (;;) {
      seen.push(...(await rowsOf(page).locator('.who').allInnerTexts()));
      const older = page.getByRole('link', { name: 'Older acknowledgements' });
      if ((await older.count()) === 0) break;
      await older.click();
    }
    expect(seen).toEqual(Array.from({ length: 401 }, (_, index) => `Person ${401 - index}`));
    await page.getByRole('link', { name: 'Newest acknowledgements' }).click();
    await page.getByText('Connected: new answers').waitFor();
  });
});

describe('every page, for every user', () => {
  const looks = [
    { name: 'light', options: { colorScheme: 'light', viewport: { width: 1280, height: 800 } } },
    { name: 'dark', options: { colorScheme: 'dark', viewport: { width: 1280, height: 800 } } },
    { name: 'dark 320', options: { colorScheme: 'dark', viewport: { width: 320, height: 640 } } },
    { name: 'forced', options: { forcedColors: 'active', viewport: { width: 1280, height: 800 } } },
  ] as const satisfies readonly { name: string; options: BrowserContextOptions }[];

  const views: readonly {
    readonly name: string;
    open(page: Page, running: TestCollector, language: Language): Promise<unknown>;
  }[] = [
    { name: 'sign-in', open: (page, { address }, language) => page.goto(`${address}/?lang=${language}`) },
    {
      name: 'code-refused',
      open: (page, { address }, language) => page.goto(`${address}/sign-in?code=used&lang=${language}`),
    },
    {
      name: 'empty',
      open: async (page, { address, collector }, language) => {
        await page.goto(await collector.createConsoleAddress());
        await page.goto(`${address}/?lang=${language}`);
      },
    },
    {
      name: 'list',
      open: async (page, running, language) => {
        const agent = await makeAgent(running);
        await report(agent, [
          agent.acknowledgement({ policyVersion: '2026.2', fullName: 'Gwenllian Llywelyn-Prydderch' }),
          agent.acknowledgement({
            action: 'declined',
            language: 'cy-GB',
            machine: { id: 'm', hostname: `${'W'.repeat(63)}`, os: '' },
          }),
          agent.acknowledgement({ action: 'help-requested', fullName: '', jobRole: '' }),
        ]);
        await page.goto(await running.collector.createConsoleAddress());
        await page.goto(`${running.address}/?lang=${language}`);
        await page.locator('.status:not(:empty)').waitFor();
      },
    },
  ];

  const shown = views.flatMap((view) =>
    languages.flatMap((language) =>
      looks.map((look) => [view.name, language, look.name, view, look] as const),
    ),
  );
  it.each(shown)('%s in %s is accessible and complete, %s', async (name, language, lookName, view, look) => {
    const running = await startTestCollector();
    const { page } = await openPage(look.options);
    await view.open(page, running, language);
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
    expect(await page.locator('html').getAttribute('lang')).toBe(language);
    const [contentWidth, windowWidth] = await page.evaluate(() => [
      document.documentElement.scrollWidth,
      document.documentElement.clientWidth,
    ]);
    expect(contentWidth).toBe(windowWidth);
    await page.screenshot({ path: path.join(screenshots, `${name} ${language} ${lookName}.png`) });
  });

  it('can be used with the keyboard alone', async () => {
    const running = await startTestCollector();
    const agent = await makeAgent(running);
    await report(agent, [agent.acknowledgement()]);
    const { page } = await openSignedIn(running);
    const focused = () =>
      page.evaluate(() => document.activeElement?.textContent?.trim().split('\n')[0] ?? '');
    await page.keyboard.press('Tab');
    expect(await focused()).toBe('Skip to the list');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    expect(await page.evaluate(() => document.activeElement?.getAttribute('role'))).toBe('region');
    await page.keyboard.press('Tab');
    expect(await focused()).toBe('Load the list again');
    await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('Shift+Tab');
    expect(await focused()).toBe('Cymraeg');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Cydnabyddiaethau polisi' }).waitFor();
  });
});
