/** The overview and the leadership's page in a browser: what each role sees, and one sheet of A4. */
import { getDocumentProxy } from 'unpdf';
import { expect, it } from 'vitest';
import { languages } from '../../shared/lib/language.ts';
import { machine, makeAgent, report, type TestCollector } from '../support/collector/collector.ts';
import { signInAs, testPassword } from '../support/collector/console-client.ts';
import { setUpConsole } from '../support/console/open-console.ts';

const world = setUpConsole();

/** Every audience of the shipped policies, so that the table on the sheet is as long as it can be. */
const audiences = ['staff', 'governor', 'supply', 'visitor', 'contractor', 'pupil', 'young-pupil'];
const actions = ['accepted', 'declined', 'help-requested'] as const;

async function fillWithTrouble(running: TestCollector): Promise<void> {
  for (const [place, audience] of audiences.entries()) {
    const answer = await fetch(`${running.address}/v1/policies?audience=${audience}`);
    const { policies } = (await answer.json()) as {
      policies: { id: string; version: string; textSha256: Record<string, string> }[];
    };
    const agent = await makeAgent(running);
    const name = `person-${place}`;
    const account = { name, domain: 'SCHOOL', sid: '', upn: '', displayName: name };
    const facts = {
      account,
      fullName: name,
      audience,
      action: actions[place % actions.length] ?? 'accepted',
    };
    await report(agent, [
      // An account without a policy of its own has answered another one.
      agent.acknowledgement(facts),
      ...policies.map(({ id, version, textSha256 }) =>
        agent.acknowledgement({
          ...facts,
          policyId: id,
          policyVersion: version,
          textSha256: textSha256['en-GB'] ?? '',
        }),
      ),
      agent.event({
        type: 'porthor.agent.fault.v1',
        data: { fault: 'config-invalid', subject: 'idle', reason: '', machine },
      }),
      agent.event({
        type: 'porthor.gate.interrupted.v1',
        data: { what: 'window-closed', detail: '', lostAt: new Date().toISOString() },
      }),
    ]);
  }
}

it.each(languages)('prints the page for the leadership on one sheet of A4 in %s', async (language) => {
  const running = await world.start();
  await fillWithTrouble(running);
  const { page } = await world.openSignedIn(running, { language, viewport: { width: 1280, height: 800 } });
  await page.goto(`${running.address}/leadership?lang=${language}`);
  await page.locator('.chart').first().waitFor();
  const pdf = await page.pdf({ preferCSSPageSize: true });
  const document = await getDocumentProxy(new Uint8Array(pdf));
  expect(document.numPages).toBe(1);
  const sheet = (await document.getPage(1)).getViewport({ scale: 1 });
  expect([Math.round(sheet.width), Math.round(sheet.height)]).toEqual([595, 842]);
});

it('leads from each need to the page that answers it', async () => {
  const running = await world.start();
  await fillWithTrouble(running);
  const { page, complaints } = await world.openSignedIn(running);
  await page.goto(running.address);
  await page.getByRole('link', { name: 'Read who declined' }).click();
  await page.getByRole('heading', { name: 'Acknowledgements', level: 1 }).waitFor();
  expect(new URL(page.url()).search).toBe('?action=declined');
  expect(await page.locator('tbody .mark').allInnerTexts()).not.toContain('Accepted');
  expect(complaints).toEqual([]);
});

it('shows the authority figures, and no page with names', async () => {
  const running = await world.start();
  await fillWithTrouble(running);
  await signInAs(running.collector, { name: 'Authority', roles: ['authority'] });
  const { page } = await world.open();
  await page.goto(running.address);
  await page.getByLabel('Sign-in name').fill('Authority');
  await page.getByLabel('Password', { exact: true }).fill(testPassword);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Overview', level: 1 }).waitFor();
  await page.locator('.chart').first().waitFor();
  expect(await page.getByRole('navigation').getByRole('link').allInnerTexts()).toEqual([
    'Overview',
    'Policies',
  ]);
  expect(await page.locator('main').innerText()).not.toContain('person-');
  expect(await page.getByText('Ask a colleague with that role.').count()).toBeGreaterThan(0);
});
