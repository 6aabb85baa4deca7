/** The main job: a member of staff accepts the policy at login, and the collector has it. */
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { expect } from '@playwright/test';
import { acceptAndContinue, fillIn, words } from '../support/e2e/answer.ts';
import { test } from '../support/e2e/world.ts';

test('a user accepts in English; the collector stores it, and no page stays open', async ({ world }) => {
  const agent = await world.start();
  const gate = await agent.gate();
  await acceptAndContinue(gate);
  expect(await agent.opened()).toBe('receipt');
  await expect.poll(() => agent.app.windows().length).toBe(0);
  await expect.poll(async () => (await world.collector().acknowledgements()).length).toBe(1);
  const [acknowledgement] = await world.collector().acknowledgements();
  expect(acknowledgement).toMatchObject({
    action: 'accepted',
    policyId: 'staff',
    language: 'en-GB',
    fullName: 'Siân Prys',
    jobRole: 'Teacher',
    accountName: 'sprys',
    accountDomain: 'YSGOL',
  });
});

test('a user switches to Welsh half way, loses no input, and accepts in Welsh', async ({ world }) => {
  const agent = await world.start();
  const gate = await agent.gate();
  await fillIn(gate, 'en-GB');
  await gate.getByRole('button', { name: 'Cymraeg' }).click();
  await expect(gate.getByRole('textbox', { name: words['cy-GB'].fullName })).toHaveValue('Siân Prys');
  await acceptAndContinue(gate, 'cy-GB');
  expect(await agent.opened()).toBe('receipt');
  await expect
    .poll(async () => (await world.collector().acknowledgements()).map(({ language }) => language))
    .toEqual(['cy-GB']);
});

test('the agent keeps the records of two users of one PC apart in a shared state folder', async ({
  world,
}) => {
  const stateDirectory = path.join(world.folder, 'everybody');
  await world.configure({ stateDirectory });
  for (const name of ['sprys', 'iowen']) {
    await world.script({ account: { name, domain: 'YSGOL', sid: '', upn: '', displayName: 'Siân Prys' } });
    const agent = await world.start();
    const gate = await agent.gate();
    await acceptAndContinue(gate);
    expect(await agent.opened()).toBe('receipt');
    await agent.close();
    const again = await world.start();
    expect(await again.opened()).toBe('receipt');
    await again.close();
  }
  const folders = await readdir(stateDirectory);
  expect(folders).toHaveLength(2);
  for (const folder of folders) expect(folder).toMatch(/^[0-9a-f]{16}$/u);
  await expect
    .poll(async () => (await world.collector().acknowledgements()).map(({ accountName }) => accountName))
    .toEqual(expect.arrayContaining(['sprys', 'iowen']));
});
