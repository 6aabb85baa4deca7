/** Policies that a real collector delivers to a running agent: at once, at the next login, or damaged on the way. */
import path from 'node:path';
import { expect } from '@playwright/test';
import { runCollector } from '../support/collector/command-line.ts';
import { keepAnnouncements } from '../support/e2e/announcements.ts';
import { acceptAndContinue, words } from '../support/e2e/answer.ts';
import { type Network, openNetwork } from '../support/e2e/network.ts';
import { publishPolicy } from '../support/e2e/publish-policy.ts';
import { openFromTray } from '../support/e2e/tray.ts';
import { test as base, type RunningAgent, type World } from '../support/e2e/world.ts';

const test = base.extend<{ readonly network: Network }>({
  network: async ({ world }, use) => {
    const network = await openNetwork(() => world.collector().address);
    await world.configure({ collectorUrl: network.address, reporting: { heartbeatSeconds: 600 } });
    // The ten minutes between two requests, and the five minutes of notice, take 1.5 s.
    await world.script({ longTimersMs: 1500 });
    await use(network);
    await network.close();
  },
});

/** Starts an agent whose user has accepted the first version and is at work. */
async function atWork(world: World): Promise<RunningAgent> {
  await publishPolicy(world, '5');
  const agent = await world.start();
  const gate = await agent.gate();
  await expect(gate.getByText(/Version 5/u)).toBeVisible();
  await acceptAndContinue(gate);
  expect(await agent.opened()).toBe('receipt');
  await expect.poll(() => agent.app.windows().length).toBe(0);
  // A version that arrives within seconds of the start still belongs to this login.
  await agent.app.evaluate(() => {
    globalThis.clockAheadMs = 60_000;
  });
  return agent;
}

const acknowledged = async (world: World) =>
  (await world.collector().acknowledgements()).map(
    ({ action, policyVersion, evidence }) => `${action} ${policyVersion} ${evidence}`,
  );

/** Number of list requests that the collector answered with 304, by the agent's entity tag. */
const unchanged = ({ exchanges }: Network) => exchanges.filter(({ status }) => status === 304).length;

const spoilt: readonly (readonly [string, (pack: string) => string, RegExp])[] = [
  ['malformed', () => '<html>Sign in to the school’s network</html>', /pack-refused: staff 6: not-a-pack/u],
  [
    'too large',
    (pack) => pack + ' '.repeat(5 * 1024 * 1024),
    /pack-refused: staff 6: not-a-pack: .*larger than/u,
  ],
  [
    'another text',
    (pack) => pack.replace('Lock it.', 'Leave it open.'),
    /pack-refused: staff 6: hash-mismatch/u,
  ],
];

test('at once: the agent refuses and reports damaged versions; the good one shuts the gate and is signed', async ({
  world,
  network,
}) => {
  test.setTimeout(120_000);
  await world.configure({ policy: { directory: '', applyNewVersion: 'at-once' } });
  const agent = await atWork(world);
  const announced = await keepAnnouncements(agent);
  await expect.poll(() => unchanged(network)).toBeGreaterThan(0);

  const logOfThisRun = async () => (await agent.log()).slice(agent.logBefore);
  for (const [index, [name, spoil, told]] of spoilt.entries()) {
    network.spoilPacks(spoil);
    if (index === 0) await publishPolicy(world, '6');
    await expect.poll(logOfThisRun, { message: name, timeout: 15_000 }).toMatch(told);
  }
  expect(await announced()).toEqual([]);
  expect(agent.app.windows()).toHaveLength(0);
  await expect
    .poll(async () => {
      const data = path.join(world.folder, 'collector');
      return (await runCollector('export', '--data', data)).stdout.match(/"fault":"pack-refused"/gu)?.length;
    })
    .toBe(spoilt.length);

  network.spoilPacks(undefined);
  const shut = await agent.gate();
  expect(await announced()).toHaveLength(1);
  await expect(shut.locator('.lead')).toHaveText(/^This policy has changed/u);
  await expect(shut.getByText(/Version 6/u)).toBeVisible();
  await world.screenshot('delivered-at-once', shut);
  await acceptAndContinue(shut);
  await expect.poll(async () => (await logOfThisRun()).match(/gate: open: receipt/gu)?.length).toBe(2);
  await expect.poll(() => acknowledged(world)).toEqual(['accepted 5 valid', 'accepted 6 valid']);
  // After a complete delivery, the agent asks with the new entity tag.
  const before = unchanged(network);
  await expect.poll(() => unchanged(network)).toBeGreaterThan(before);
  expect(network.exchanges.at(-1)?.askedWithTag).not.toBe('');
  expect(await announced()).toHaveLength(1);
});

test('at the next login: a version that arrives during work shuts no gate, and a clock that is years slow opens none', async ({
  world,
  network,
}) => {
  test.setTimeout(120_000);
  await world.configure({ policy: { directory: '' } });
  const agent = await atWork(world);
  const announced = await keepAnnouncements(agent);
  await publishPolicy(world, '6');
  await expect
    .poll(() => network.exchanges.map((exchange) => exchange.path), { timeout: 15_000 })
    .toContain('/v1/policies/staff/6');
  const before = unchanged(network);
  await expect.poll(() => unchanged(network)).toBeGreaterThan(before + 1);
  expect(await announced()).toEqual([]);
  expect(agent.app.windows()).toHaveLength(0);
  await agent.close(3000);

  await world.script({ loginId: 'login-2', clockStartsAt: '2015-01-01T08:00:00Z' });
  const next = await world.start();
  const gate = await next.gate();
  await expect(gate.getByText(/Version 6/u)).toBeVisible();
  await expect(gate.locator('.lead')).toHaveText(/^This policy has changed/u);
});

test('at a shut gate: a version that arrives long after the login replaces the unsigned text', async ({
  world,
  network,
}) => {
  await world.configure({ policy: { directory: '' } });
  await publishPolicy(world, '5');
  const agent = await world.start();
  const gate = await agent.gate();
  await expect(gate.getByText(/Version 5/u)).toBeVisible();
  await expect.poll(() => unchanged(network)).toBeGreaterThan(0);
  await agent.app.evaluate(() => {
    globalThis.clockAheadMs = 60_000;
  });
  await publishPolicy(world, '6');
  await expect(gate.getByText(/Version 6/u)).toBeVisible({ timeout: 15_000 });
  expect(await agent.log()).not.toContain('gate: open');
});

test('a network that comes after the login: the school’s text replaces the samples, and a signed one opens the gate', async ({
  world,
}) => {
  test.setTimeout(120_000);
  await world.configure({ collectorUrl: world.collector().address, policy: { directory: '' } });
  // Shorten no timer, because this test depends on the real retries after seconds.
  await world.script({ longTimersMs: 3_600_000 });
  await publishPolicy(world, '5');
  const elsewhere = await world.start();
  await acceptAndContinue(await elsewhere.gate());
  expect(await elsewhere.opened()).toBe('receipt');
  await expect.poll(() => acknowledged(world)).toEqual(['accepted 5 valid']);
  await elsewhere.close();

  const startBeforeTheNetwork = async () => {
    await world.wipeProfile();
    await world.stopCollector();
    const agent = await world.start();
    const gate = await agent.gate();
    await expect(gate.getByRole('button', { name: words['en-GB'].accept, exact: true })).toBeVisible();
    await expect(gate.getByText(/Version 5/u)).toBeHidden();
    await world.startCollectorAgain();
    return { agent, gate };
  };
  // The agent retries reports within 2, 6 or 14 s, and policies every 15 s.
  const { agent: known } = await startBeforeTheNetwork();
  expect(await known.opened(30_000)).toBe('known-to-collector');
  await known.close();

  const account = { name: 'tjones', domain: 'YSGOL', sid: 'S-1-5-21-1-2-3-2001', upn: '', displayName: 'T' };
  await world.script({ account });
  const { agent: asked, gate } = await startBeforeTheNetwork();
  await expect(gate.getByText(/Version 5/u)).toBeVisible({ timeout: 30_000 });
  expect((await asked.log()).slice(asked.logBefore)).not.toContain('gate: open');
});

test('a user at work on a PC that never reached its collector sees no cover while the agent looks for policies', async ({
  world,
  network,
}) => {
  network.fallSilent();
  await world.configure({ policy: { directory: '' } });
  const agent = await world.start();
  const gate = await agent.gate();
  await acceptAndContinue(gate);
  expect(await agent.opened()).toBe('receipt');
  await expect.poll(() => agent.app.windows().length).toBe(0);
  await agent.app.evaluate(({ app }) => {
    const urls: string[] = [];
    Object.assign(globalThis, { opened: urls });
    app.on('web-contents-created', (_event, contents) => {
      contents.on('did-start-navigation', ({ url }) => urls.push(url));
    });
  });
  const page = await openFromTray(agent, 'My agreements', 'agreements');
  const looking = page.getByText('Looking for what you have accepted on other computers');
  await expect(looking).toBeVisible();
  // The agent has waited fifteen seconds for the collector and fifteen for its policies.
  await expect(looking).toBeHidden({ timeout: 40_000 });
  expect(await agent.app.evaluate(() => (globalThis as unknown as { opened: string[] }).opened)).toEqual([
    'porthor://app/agreements.html',
  ]);
});
