/** The list of people in a browser: from the file to the reminder. */
import { AxeBuilder } from '@axe-core/playwright';
import { expect, it } from 'vitest';
import { type Language, languages } from '../../shared/lib/language.ts';
import { makeAgent, report } from '../support/collector/collector.ts';
import { signInAs, testPassword } from '../support/collector/console-client.ts';
import { expectNoSideScroll, setUpConsole } from '../support/console/open-console.ts';

const world = setUpConsole();

const file = [
  'Staff code;Forename;Surname;Role;Email;Username',
  'S1;Siân;Prŷs;Teacher;s.prys@ysgol.cymru;s.prys',
  'S2;Carys;Evans;Teacher;c.evans@ysgol.cymru;carys',
  'S3;;;Teacher;;nobody',
  'S4;Owain;Rhys;Cook;o.rhys@ysgol.cymru;o.rhys',
].join('\r\n');

const words: Readonly<Record<Language, Readonly<Record<string, string>>>> = {
  'en-GB': {
    file: 'CSV file',
    cook: 'Audience of “Cook”',
    confirm: 'Import now',
    done: 'The import is complete.',
    all: 'All people',
    missing: 'Who has not accepted',
    write: 'Write to 2 people',
  },
  'cy-GB': {
    file: 'Ffeil CSV',
    cook: 'Cynulleidfa “Cook”',
    confirm: 'Mewnforio nawr',
    done: "Mae'r mewnforio wedi'i gwblhau.",
    all: 'Pawb',
    missing: 'Pwy sydd heb dderbyn',
    write: 'Ysgrifennu at 2 berson',
  },
};

it.each(languages)('imports a file, finds who is missing, and writes to them, in %s', async (language) => {
  const running = await world.start();
  const agent = await makeAgent(running);
  const { policies } = (await (await fetch(`${running.address}/v1/policies?audience=staff`)).json()) as {
    policies: { id: string; version: string; textSha256: Record<string, string> }[];
  };
  const [policy] = policies;
  await report(agent, [
    agent.acknowledgement({
      policyId: policy?.id ?? '',
      policyVersion: policy?.version ?? '',
      textSha256: policy?.textSha256['en-GB'] ?? '',
    }),
  ]);
  const say = words[language];
  const { page, complaints } = await world.openSignedIn(running, {
    language,
    viewport: { width: 1280, height: 800 },
  });
  const shot = (name: string) =>
    page.screenshot({ path: `.porthor/screenshots/console/people-${name} ${language}.png`, fullPage: true });
  const check = async (name: string) => {
    expect((await new AxeBuilder({ page }).analyze()).violations.map(({ id, nodes }) => [id, nodes])).toEqual(
      [],
    );
    for (const width of [320, 1280]) {
      await page.setViewportSize({ width, height: 800 });
      await expectNoSideScroll(page);
    }
    await shot(name);
  };
  await page.goto(`${running.address}/people`);
  await page.locator('.empty').waitFor();
  await check('empty');
  await page.goto(`${running.address}/people/import`);
  await page
    .getByLabel(say['file'] ?? '')
    .setInputFiles({ name: 'staff.csv', mimeType: 'text/csv', buffer: Buffer.from(file) });
  await page.locator('tbody tr').nth(1).waitFor();
  await check('preview');
  await page.getByLabel(say['cook'] ?? '').selectOption('staff');
  await page.locator('tbody tr').nth(1).waitFor({ state: 'detached' });
  await page.getByRole('button', { name: say['confirm'] ?? '' }).click();
  await page.getByText(say['done'] ?? '').waitFor();
  await page.reload();
  // The collector remembers, not the page.
  await page.getByText(say['done'] ?? '').waitFor();
  await page.goto(`${running.address}/people`);
  await page.locator('tbody tr').nth(2).waitFor();
  await check('list');
  await page.getByRole('link', { name: 'Carys Evans' }).click();
  await page.locator('.mark-good').first().waitFor();
  await check('person');
  await page.goto(`${running.address}/people/outstanding`);
  const write = page.getByRole('link', { name: say['write'] ?? '' });
  await write.waitFor();
  expect(decodeURIComponent((await write.getAttribute('href')) ?? '')).toMatch(
    /^mailto:\?bcc=o\.rhys@ysgol\.cymru,s\.prys@ysgol\.cymru&subject=/u,
  );
  await check('outstanding');
  expect(complaints).toEqual([]);
});

it('lets a viewer read the list, and neither import nor export it', async () => {
  const running = await world.start();
  await signInAs(running.collector, { name: 'Viewer', roles: ['viewer'] });
  const { page } = await world.open();
  await page.goto(`${running.address}/people`);
  await page.getByLabel('Sign-in name').fill('Viewer');
  await page.getByLabel('Password', { exact: true }).fill(testPassword);
  await page.keyboard.press('Enter');
  await page.getByRole('link', { name: 'Who has not accepted' }).waitFor();
  expect(await page.getByRole('link', { name: 'Import the list of people' }).count()).toBe(0);
});

it('lets a technician say whose account it is', async () => {
  const running = await world.start();
  const agent = await makeAgent(running);
  await report(agent, [agent.acknowledgement({ fullName: 'Carys Evans' })]);
  const { page } = await world.openSignedIn(running);
  await page.goto(`${running.address}/people/import`);
  await page.getByLabel('CSV file').setInputFiles({
    name: 'staff.csv',
    mimeType: 'text/csv',
    buffer: Buffer.from('id,name,role,login\n1,Carys Evans,staff,carys\n2,Carys Rhys,staff,carys'),
  });
  await page.getByRole('button', { name: 'Import now' }).click();
  await page.getByText('The import is complete.').waitFor();
  await page.goto(running.address);
  await page.getByRole('link', { name: 'Match the accounts' }).click();
  await page.getByLabel('Belongs to: SCHOOL\\carys').selectOption({ label: 'Carys Evans' });
  await page.getByRole('button', { name: /^Save/u }).click();
  await page.getByRole('heading', { name: 'Every account has its person' }).waitFor();
});
