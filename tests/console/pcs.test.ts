/** What a technician does with PCs, in a real browser and by keyboard. */
import path from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import { expect, it } from 'vitest';
import { createAgentRepository } from '../../collector/src/repositories/agents.ts';
import { languages } from '../../shared/lib/language.ts';
import {
  machine,
  makeAgent,
  report,
  sendText,
  type TestAgent,
  type TestCollector,
  withStorage,
} from '../support/collector/collector.ts';
import { expectNoSideScroll, screenshotFolder, setUpConsole } from '../support/console/open-console.ts';

const world = setUpConsole();

async function makeTroubledAgent(running: TestCollector): Promise<TestAgent> {
  const agent = await makeAgent(running);
  const fault = agent.event({
    type: 'porthor.agent.fault.v1',
    data: { fault: 'pack-refused', subject: 'staff', reason: 'The signature does not fit.', machine },
  });
  agent.event();
  const beat = agent.event({
    type: 'porthor.agent.heartbeat.v1',
    data: {
      agentVersion: '1.0.0',
      machine,
      capabilities: [
        { name: 'idle', level: 'full', reason: '' },
        { name: 'network', level: 'degraded', reason: 'The proxy asks for a password.' },
        { name: 'restart', level: 'none', reason: 'No watchdog started this agent.' },
      ],
      queueLength: 3,
      logon: { secondsToGate: 2.5, gate: 'shown' },
    },
  });
  await report(agent, [fault, beat]);
  const { id: _id, ...copied } = beat;
  await report(agent, [{ ...agent.event(), ...copied }]);
  return agent;
}

const words = {
  'en-GB': {
    approve: 'Approve this PC',
    label: 'Label',
    save: 'Save the label',
    expel: 'Expel this PC…',
    confirm: 'Expel',
    cancel: 'Cancel',
    gone: 'This PC is expelled',
  },
  'cy-GB': {
    approve: "Cymeradwyo'r cyfrifiadur hwn",
    label: 'Label',
    save: "Cadw'r label",
    expel: 'Gwahardd y cyfrifiadur hwn…',
    confirm: 'Gwahardd',
    cancel: 'Canslo',
    gone: "Mae'r cyfrifiadur hwn wedi'i wahardd",
  },
} as const;

it.each(languages)('a technician approves, renames and expels a PC by keyboard, in %s', async (language) => {
  const running = await world.start();
  const agent = await makeTroubledAgent(running);
  await withStorage(running.dataDirectory, (storage) =>
    createAgentRepository(storage, () => new Date()).setState('school', agent.agentId, 'waiting'),
  );
  const { page, complaints } = await world.openSignedIn(running, { language });
  const say = words[language];
  await page.goto(`${running.address}/pcs?state=waiting`);
  await page.getByRole('link', { name: 'LAB-01' }).press('Enter');
  await page.getByRole('button', { name: say.approve }).press('Enter');
  await page.getByRole('button', { name: say.approve }).waitFor({ state: 'detached' });
  await page.getByLabel(say.label).fill('Llyfrgell');
  await page.getByRole('button', { name: say.save }).press('Enter');
  await page.getByRole('heading', { level: 1, name: 'Llyfrgell' }).waitFor();
  expect((await sendText(agent, JSON.stringify([agent.event()]))).status).toBe(200);
  await page.getByRole('button', { name: say.expel }).press('Enter');
  const dialog = page.getByRole('dialog');
  // An early Enter must not expel anything: focus starts on the way out.
  await expect
    .poll(() =>
      dialog.getByRole('button', { name: say.cancel }).evaluate((one) => one === document.activeElement),
    )
    .toBe(true);
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  await page.getByRole('button', { name: say.expel }).press('Enter');
  await dialog.getByRole('button', { name: say.confirm, exact: true }).press('Enter');
  await page.getByRole('heading', { name: say.gone }).waitFor();
  expect((await sendText(agent, JSON.stringify([agent.event()]))).status).toBe(403);
  expect(await page.getByRole('button', { name: say.expel }).count()).toBe(0);
  expect(complaints).toEqual([]);
});

it.each(languages.flatMap((language) => [1280, 320].map((width) => [language, width] as const)))(
  'the page of a PC is accessible in %s at %d px',
  async (language, width) => {
    const running = await world.start();
    const agent = await makeTroubledAgent(running);
    const { page } = await world.openSignedIn(running, { language, viewport: { width, height: 800 } });
    await page.goto(`${running.address}/pcs/${agent.agentId}?lang=${language}`);
    await page.locator('tbody tr').nth(4).waitFor();
    expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
    await expectNoSideScroll(page);
    await page.screenshot({
      path: path.join(await screenshotFolder(), `pc ${language} ${width}.png`),
      fullPage: true,
    });
    await page.emulateMedia({ media: 'print' });
    await expect.poll(() => page.getByRole('button').count()).toBe(0);
  },
);
