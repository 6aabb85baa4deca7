/** The list of acknowledgements in a browser: live arrival, names from outside, dates and labels. */
import { expect, it } from 'vitest';
import { pageAddresses } from '../../shared/console/pages.ts';
import { makeAgent, report } from '../support/collector/collector.ts';
import { expectNoSideScroll, setUpConsole } from '../support/console/open-console.ts';

const world = setUpConsole();

it('shows and announces an acknowledgement that arrives while the page is open', async () => {
  const running = await world.start();
  const agent = await makeAgent(running);
  await report(agent, [agent.acknowledgement({ fullName: 'Owain Rhys' })]);
  const { page, complaints } = await world.openSignedIn(running);
  await page.goto(`${running.address}${pageAddresses.acknowledgements}`);
  await page.getByText('Connected: new answers appear by themselves.').waitFor();
  await report(agent, [agent.acknowledgement({ fullName: 'Carys Evans', action: 'declined' })]);
  await page.locator('tbody tr').filter({ hasText: 'Carys Evans' }).waitFor();
  expect(await page.locator('tbody tr').allInnerTexts()).toHaveLength(2);
  expect(await page.locator('tbody tr').first().innerText()).toContain('Carys Evans');
  expect(await page.getByRole('log').innerText()).toBe('New answer: Carys Evans, Did not accept');
  expect(complaints).toEqual([]);
});

const hostile = [
  '<img src=x onerror="document.title=1">',
  '"><script>document.title=1</script>',
  '\u202etxt.exe\u202c',
  '\u2066Carys\u2069 \u200fEvans',
  '{{count}} &lt;b&gt;',
  'W'.repeat(190),
];

it('shows hostile names as text, in their own column, on a wide and on a narrow page', async () => {
  const running = await world.start();
  const agent = await makeAgent(running);
  const events = hostile.map((name) =>
    agent.acknowledgement({
      fullName: name,
      jobRole: name,
      account: { name, domain: 'SCHOOL', sid: '', upn: '', displayName: '' },
      machine: { id: 'm', hostname: name.slice(0, 63), os: name },
    }),
  );
  await report(agent, events);
  const { page, complaints } = await world.openSignedIn(running, { viewport: { width: 1280, height: 800 } });
  const pages = [
    pageAddresses.acknowledgements,
    '/pcs',
    ...events.map(({ id }) => `/acknowledgements/${id}`),
  ];
  for (const width of [1280, 320]) {
    await page.setViewportSize({ width, height: 800 });
    for (const place of pages) {
      await page.goto(running.address + place);
      await page.locator('tbody tr, .facts').first().waitFor();
      expect(await page.locator('main :is(img, script)').count()).toBe(0);
      expect(await page.title()).toMatch(/ – Porthor$/u);
      await expectNoSideScroll(page);
      const spilled = await page
        .locator('main :is(td, th, dd, h1, .page-title p)')
        .evaluateAll((cells) =>
          cells.filter((cell) => cell.scrollWidth > cell.clientWidth + 1).map((cell) => cell.outerHTML),
        );
      expect([place, width, spilled]).toEqual([place, width, []]);
    }
  }
  await page.goto(`${running.address}${pageAddresses.acknowledgements}`);
  await page.locator('tbody tr').first().waitFor();
  const text = await page.locator('tbody').innerText();
  expect(text).toContain('<img src=x onerror="document.title=1">');
  // A character that turns the direction of what follows is shown as its code.
  expect(text).not.toMatch(/[\u202a-\u202e\u2066-\u2069]/u);
  expect(complaints).toEqual([]);
});

it('filters by day, month and year in a browser of the United States', async () => {
  const running = await world.start();
  const agent = await makeAgent(running);
  const decided = (fullName: string, decidedAt: string) =>
    agent.acknowledgement({ fullName, decidedAt, openedAt: decidedAt });
  await report(agent, [
    decided('April', '2026-04-03T09:00:00.000Z'),
    decided('March', '2026-03-04T09:00:00.000Z'),
  ]);
  const { page } = await world.openSignedIn(running, { locale: 'en-US', timezoneId: 'America/New_York' });
  await page.goto(`${running.address}${pageAddresses.acknowledgements}`);
  await page.locator('tbody tr').nth(1).waitFor();
  const from = page.getByRole('group', { name: 'From' });
  await from.getByLabel('Day').fill('3');
  await from.getByLabel('Month').fill('4');
  await from.getByLabel('Year').fill('2026');
  await page.keyboard.press('Tab');
  await page.locator('tbody tr').filter({ hasText: 'March' }).waitFor({ state: 'detached' });
  expect(await page.locator('tbody tr').innerText()).toContain('3 April 2026');
  expect(new URL(page.url()).searchParams.get('from')).toBe('2026-04-03');
  await from.getByLabel('Day').fill('31');
  await page.keyboard.press('Enter');
  await page.getByText('There is no such day. Check day and month.').waitFor();
  expect(await from.getByLabel('Day').getAttribute('aria-invalid')).toBe('true');
  await from.getByLabel('Day').fill('');
  await page.keyboard.press('Enter');
  await page.getByText('Enter day, month and year, such as 27 3 2026.').waitFor();
});

it.each([
  ['en-GB', ['Account', 'Version']],
  ['cy-GB', ['Cyfrif', 'Fersiwn']],
] as const)('names the facts of a record in %s', async (language, labels) => {
  const running = await world.start();
  const agent = await makeAgent(running);
  const event = agent.acknowledgement();
  await report(agent, [event]);
  const { page } = await world.openSignedIn(running, { language });
  await page.goto(`${running.address}/acknowledgements/${event.id}`);
  await page.locator('dt').first().waitFor();
  const shown = await page.locator('dt').allInnerTexts();
  expect(shown).toEqual(expect.arrayContaining([...labels]));
});
