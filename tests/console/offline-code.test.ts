/** Approval by telephone on the page of a PC: a technician types the device's number and reads out the code. */
import { createHash, createHmac } from 'node:crypto';
import path from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import { expect, it } from 'vitest';
import { deviceNumber, readOfflineCode } from '../../shared/device/offline-code.ts';
import { languages } from '../../shared/lib/language.ts';
import { accountKey } from '../../shared/wire/account.ts';
import { mediaRegisterResponseSchema } from '../../shared/wire/media.ts';
import { acknowledgedData, makeAgent, type TestAgent } from '../support/collector/collector.ts';
import { signInAs, testPassword } from '../support/collector/console-client.ts';
import { expectNoSideScroll, screenshotFolder, setUpConsole } from '../support/console/open-console.ts';

const world = setUpConsole();
const hashes = {
  sha256: (text: string) => createHash('sha256').update(text).digest(),
  hmacSha256: (key: string, text: string) => createHmac('sha256', key).update(text).digest(),
};
const number = deviceNumber({ vendorId: '0781', productId: '5567', serial: 'A1B2C3D4' }, hashes);
const oneDigitWrong = (number.startsWith('0') ? '1' : '0') + number.slice(1);

async function offeredTo({ address, agentToken }: TestAgent) {
  const account = encodeURIComponent(accountKey(acknowledgedData().account));
  const response = await fetch(`${address}/v1/media-register?account=${account}`, {
    headers: { authorization: `Bearer ${agentToken}` },
  });
  return mediaRegisterResponseSchema.parse(await response.json()).offlineCodes ?? [];
}

const words = {
  'en-GB': {
    panel: 'Approve a device by telephone',
    number: 'Number of the device',
    days: 'Good for how many days after today',
    reason: 'Reason, for your records',
    make: 'Make a code',
    mistyped: 'This number has a wrong letter or digit. Ask the user to read it again.',
    read: 'Read this code to the user',
    issued: 'Codes issued for this PC',
  },
  'cy-GB': {
    panel: 'Cymeradwyo dyfais dros y ffôn',
    number: 'Rhif y ddyfais',
    days: 'Yn ddilys am sawl diwrnod ar ôl heddiw',
    reason: 'Rheswm, ar gyfer eich cofnodion',
    make: 'Gwneud cod',
    mistyped: "Mae llythyren neu ddigid anghywir yn y rhif hwn. Gofynnwch i'r defnyddiwr ei ddarllen eto.",
    read: "Darllenwch y cod hwn i'r defnyddiwr",
    issued: 'Codau a roddwyd ar gyfer y cyfrifiadur hwn',
  },
} as const;

it.each(languages)('a technician makes a code for a device by keyboard, in %s', async (language) => {
  const running = await world.start();
  const agent = await makeAgent(running);
  const say = words[language];
  const { page, complaints } = await world.openSignedIn(running, { language });
  const folder = await screenshotFolder();
  const check = async (name: string) => {
    for (const [width, height] of [
      [1280, 800],
      [320, 640],
    ] as const) {
      await page.setViewportSize({ width, height });
      const { violations } = await new AxeBuilder({ page }).analyze();
      expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
      await expectNoSideScroll(page);
      const file = `offline code ${name} ${language} ${width}.png`;
      await page.screenshot({ path: path.join(folder, file), fullPage: true });
    }
  };
  await page.goto(`${running.address}/pcs/${agent.agentId}`);
  const panel = page.locator('section').filter({ has: page.getByRole('heading', { name: say.panel }) });
  const field = panel.getByLabel(say.number);
  await field.fill(oneDigitWrong);
  await page.keyboard.press('Enter');
  await panel.getByText(say.mistyped).waitFor();
  await check('mistyped');
  expect(await panel.getByText(say.read, { exact: true }).count()).toBe(0);

  await field.fill(number.replace('-', ' ').toLowerCase());
  await panel.getByLabel(say.days).fill('3');
  await panel.getByLabel(say.reason).fill('Taith ysgol');
  await panel.getByRole('button', { name: say.make }).press('Enter');
  await panel.getByText(say.read, { exact: true }).waitFor();
  expect(await panel.getByText(say.mistyped).count()).toBe(0);
  const row = panel.getByRole('table', { name: say.issued }).getByRole('row', { name: number });
  await row.getByText('Taith ysgol').waitFor();
  await check('made');

  const code = await panel.locator('code.address').innerText();
  const now = new Date();
  const read = readOfflineCode(
    code,
    { number, offered: await offeredTo(agent), used: [], now, latest: now },
    hashes,
  );
  expect(read).toMatchObject({ slot: 0 });
  // The browser prints the refusal of the mistyped number, and nothing else.
  expect(complaints.filter((line) => !line.includes('status of 400'))).toEqual([]);
});

it('a viewer sees the PC without the panel', async () => {
  const running = await world.start();
  const agent = await makeAgent(running);
  await signInAs(running.collector, { name: 'Viewer', roles: ['viewer'] });
  const { page } = await world.open();
  await page.goto(`${running.address}/pcs/${agent.agentId}`);
  await page.getByLabel('Sign-in name').fill('Viewer');
  await page.getByLabel('Password', { exact: true }).fill(testPassword);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name: 'LAB-01' }).waitFor();
  expect(await page.getByRole('heading', { name: words['en-GB'].panel }).count()).toBe(0);
});
