/** A PC that wipes profiles at log-off, with the state kept elsewhere: no user is asked twice, and no report is lost. */
import path from 'node:path';
import { expect } from '@playwright/test';
import { acceptAndContinue } from '../support/e2e/answer.ts';
import { test } from '../support/e2e/world.ts';

test('a login with a fresh profile asks no user again, and reports as the same agent', async ({ world }) => {
  await world.configure({ stateDirectory: path.join(world.folder, 'state') });
  await world.script({ keyInProfile: true });
  const first = await world.start({ args: ['--at-logon'] });
  await acceptAndContinue(await first.gate());
  expect(await first.opened()).toBe('receipt');
  await expect.poll(async () => (await world.collector().acknowledgements()).length).toBe(1);
  await first.close();

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
  const keys = (await world.collector().acknowledgements()).map(({ evidence }) => keyOf(evidence));
  expect(new Set(keys).size).toBe(1);
});

/** The name of the key that signed the evidence, from its header. */
function keyOf(evidence: string): unknown {
  const header = Buffer.from(evidence.split('.')[0] ?? '', 'base64url').toString('utf8');
  return (JSON.parse(header) as { kid: unknown }).kid;
}
