/** Removable media in a real browser: requests answered in one click, the register, and devices that PCs have seen. */
import path from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import { expect, it } from 'vitest';
import { languages } from '../../shared/lib/language.ts';
import { makeAgent } from '../support/collector/collector.ts';
import { askForApproval, seeDevice } from '../support/collector/media-events.ts';
import { expectNoSideScroll, screenshotFolder, setUpConsole } from '../support/console/open-console.ts';

const world = setUpConsole();
const words = {
  'en-GB': {
    approve: /^Approve\s?:/u,
    refuse: /^Refuse…/u,
    reason: 'Reason',
    refuseNow: 'Refuse',
    soon: /changes within a minute/u,
    seen: 'Seen on PCs',
    issue: /^Issue…/u,
    person: 'Issued to',
    issueNow: 'Issue a device',
    register: 'Register',
    lost: /^Lost…/u,
    isLost: 'Lost',
  },
  'cy-GB': {
    approve: /^Cymeradwyo\s?:/u,
    refuse: /^Gwrthod…/u,
    reason: 'Rheswm',
    refuseNow: 'Gwrthod',
    soon: /o fewn munud/u,
    seen: 'Gwelwyd ar gyfrifiaduron',
    issue: /^Rhoi…/u,
    person: 'Rhoddwyd i',
    issueNow: 'Rhoi dyfais',
    register: 'Cofrestr',
    lost: /^Ar goll…/u,
    isLost: 'Ar goll',
  },
} as const;

it.each(languages)(
  'a technician answers requests, issues a stick and marks it lost, in %s',
  async (language) => {
    const running = await world.start();
    const agent = await makeAgent(running);
    await askForApproval(agent);
    await askForApproval(agent, { serial: 'A1B2C3D4', name: 'Kingston DataTraveler' }, 'Homework');
    await seeDevice(agent, { serial: 'FEDC1234AB', name: 'Lexar JumpDrive' });
    await seeDevice(agent, { serial: 'FEDC1234AB', name: 'Lexar JumpDrive' }, 'LAB-02');
    const say = words[language];
    const { page, complaints } = await world.openSignedIn(running, { language });
    const folder = await screenshotFolder();
    const check = async (name: string) => {
      const { violations } = await new AxeBuilder({ page }).analyze();
      expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
      await page.screenshot({ path: path.join(folder, `media ${name} ${language}.png`), fullPage: true });
    };
    await page.goto(`${running.address}/media`);
    await page.locator('tbody tr').nth(1).waitFor();
    await check('requests');
    const row = (name: string) => page.getByRole('row', { name: new RegExp(name, 'u') });
    await row('SanDisk').getByRole('button', { name: say.approve }).press('Enter');
    await page.getByRole('status').filter({ hasText: say.soon }).waitFor();
    await row('Kingston').getByRole('button', { name: say.refuse }).press('Enter');
    await page.getByRole('dialog').getByLabel(say.reason).fill('Please take one from the office.');
    await check('refuse');
    await page.getByRole('dialog').getByRole('button', { name: say.refuseNow, exact: true }).press('Enter');
    await row('Kingston').getByText('Please take one from the office.').waitFor();
    await page.getByRole('link', { name: say.seen }).press('Enter');
    await row('Lexar').getByText(/2/u).first().waitFor();
    await row('Lexar').getByRole('button', { name: say.issue }).press('Enter');
    await page.getByLabel(say.person).fill('Siân Llŷr');
    await check('seen');
    await page.getByRole('button', { name: say.issueNow }).press('Enter');
    await row('Lexar').getByRole('button').waitFor({ state: 'detached' });
    await page.getByRole('link', { name: say.register, exact: true }).press('Enter');
    await row('Siân Llŷr').getByRole('button', { name: say.lost }).press('Enter');
    await page.getByRole('dialog').getByRole('button', { name: say.isLost, exact: true }).press('Enter');
    await row('Siân Llŷr').getByText(say.isLost, { exact: true }).waitFor();
    await check('register');
    await page.setViewportSize({ width: 320, height: 640 });
    await expectNoSideScroll(page);
    expect(complaints).toEqual([]);
  },
);
