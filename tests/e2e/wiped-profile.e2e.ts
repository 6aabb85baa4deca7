/** A PC that wipes profiles at log-off, with the state kept elsewhere: no user is asked twice, and no report is lost. */
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect } from '@playwright/test';
import { acceptAndContinue } from '../support/e2e/answer.ts';
import { test } from '../support/e2e/world.ts';

test('a login with a fresh profile asks no user again, and reports as the same agent', async ({ world }) => {
  const state = path.join(world.folder, 'state');
  await world.configure({ stateDirectory: state });
  await world.script({ keyInProfile: true });
  const first = await world.start({ args: ['--at-logon'] });
  await acceptAndContinue(await first.gate());
  expect(await first.opened()).toBe('receipt');
  await expect.poll(async () => (await world.collector().acknowledgements()).length).toBe(1);
  await first.close();
  const agent = await agentIn(state);

  await world.wipeProfile();
  await world.script({ loginId: 'login-2' });
  // Without the collector, the receipt alone opens the gate.
  await world.stopCollector();
  const second = await world.start({ args: ['--at-logon'] });
  expect(await second.opened()).toBe('receipt');
  expect(await second.log()).not.toMatch(/identity-unusable|identity-replaced|receipt-unproven/u);
  await second.close();

  await world.wipeProfile();
  await world.script({ loginId: 'login-3' });
  await world.startCollectorAgain();
  await world.publish({ version: '2026.3', material: true });
  const third = await world.start({ args: ['--at-logon'] });
  await acceptAndContinue(await third.gate());
  await expect.poll(async () => (await world.collector().acknowledgements()).length).toBe(2);
  expect(await agentIn(state)).toBe(agent);
});

/** The name that the collector gave to the agent whose key is in this folder. */
async function agentIn(folder: string): Promise<unknown> {
  const files = await readdir(folder, { recursive: true });
  const file = files.find((name) => path.basename(name) === 'identity.json') ?? '';
  const kept = JSON.parse(await readFile(path.join(folder, file), 'utf8')) as { value: { agentId?: string } };
  expect(kept.value.agentId).toBeDefined();
  return kept.value.agentId;
}
