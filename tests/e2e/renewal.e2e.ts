/** Each renewal rule over several logins of one user, with a clock that the test moves from login to login. */
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect } from '@playwright/test';
import { keepAnnouncements } from '../support/e2e/announcements.ts';
import { acceptAndContinue, acceptPolicy } from '../support/e2e/answer.ts';
import { trayLabels } from '../support/e2e/tray.ts';
import { test, type World } from '../support/e2e/world.ts';

/** Logs in at that time. Returns how the gate opened, and the lead of its page where it asked. */
async function logIn(world: World, login: string, clockStartsAt: string) {
  await world.script({ loginId: login, clockStartsAt });
  const agent = await world.start();
  // A gate that must ask paints; any other opens without a window. Either happens within the deadline.
  const asked = await Promise.race([
    agent.gate().then(
      (page) => page,
      () => undefined,
    ),
    agent.opened(40_000).then(() => undefined),
  ]);
  let lead = '';
  if (asked !== undefined) {
    lead = (await asked.locator('.lead').textContent()) ?? '';
    await acceptAndContinue(asked);
  }
  const how = await agent.opened(40_000);
  await agent.close(3000);
  return { how, lead };
}

const first = /^Please read this policy/u;
const renewal = /^It is time to read/u;
const material = /^This policy has changed/u;
const everyLogin = /each time you sign in/u;

async function logins(world: World, steps: readonly (readonly [string, string, RegExp | undefined])[]) {
  for (const [login, at, expected] of steps) {
    const { lead } = await logIn(world, login, at);
    if (expected === undefined) expect(lead, `${login} ${at}: not asked`).toBe('');
    else expect(lead, `${login} ${at}: asked`).toMatch(expected);
  }
}

/** Heartbeats that the agent has recorded in its outbox. */
async function countHeartbeats(world: World): Promise<number> {
  const log = await readFile(await world.stateFile('outbox.log'), 'utf8');
  return log.split('"porthor.agent.heartbeat.v1"').length - 1;
}

test.beforeEach(async ({ world }) => {
  // The collector's records would also open the gate, but here only the PC must decide.
  await world.configure({ collectorUrl: '', enrolmentToken: '' });
});

test('once: never again, years later', async ({ world }) => {
  await world.publish({ renewal: { rule: 'once' } });
  await logins(world, [
    ['a', '2026-09-02T08:00:00Z', first],
    ['b', '2036-09-02T08:00:00Z', undefined],
  ]);
});

test('every login: again at the next, not at a restart within one', async ({ world }) => {
  await world.publish({ renewal: { rule: 'every-login' } });
  await logins(world, [
    ['a', '2026-09-02T08:00:00Z', first],
    ['a', '2026-09-02T09:00:00Z', undefined],
    ['b', '2026-09-02T10:00:00Z', everyLogin],
  ]);
});

test('a rolling year: not the day before, but on the day, over a leap year', async ({ world }) => {
  await world.publish({ renewal: { rule: 'rolling', period: 'P1Y' } });
  await logins(world, [
    ['a', '2027-03-01T08:00:00Z', first],
    ['b', '2028-02-29T20:00:00Z', undefined],
    ['c', '2028-03-01T08:00:00Z', renewal],
  ]);
});

test('1 September: by the school’s clock, not by UTC', async ({ world }) => {
  await world.publish({ renewal: { rule: 'fixed-date', date: '09-01' } });
  await logins(world, [
    ['a', '2027-06-01T08:00:00Z', first],
    ['b', '2027-08-31T22:30:00Z', undefined],
    ['c', '2027-08-31T23:30:00Z', renewal],
  ]);
});

test('the tray announces a renewal in the two weeks before it, and not sooner', async ({ world }) => {
  await world.publish({ renewal: { rule: 'fixed-date', date: '09-01' } });
  await logins(world, [['a', '2027-06-01T08:00:00Z', first]]);
  const told = async (loginId: string, clockStartsAt: string) => {
    await world.script({ loginId, clockStartsAt });
    const agent = await world.start();
    await agent.opened();
    await expect.poll(() => trayLabels(agent)).not.toEqual([]);
    const labels = await trayLabels(agent);
    await agent.close(3000);
    return labels.filter((label) => label.startsWith('To be accepted again'));
  };
  expect(await told('b', '2027-08-17T08:00:00Z')).toEqual([]);
  expect(await told('c', '2027-08-18T08:00:00Z')).toEqual([
    'To be accepted again from 1 September 2027: Acceptable use policy for staff and governors',
  ]);
});

test('two users with one account name in two domains are two users, also on one PC', async ({ world }) => {
  for (const [login, domain, expected] of [
    ['a', 'NORTH', first],
    ['b', 'SOUTH', first],
    ['c', 'NORTH', undefined],
    ['d', 'south', undefined],
  ] as const) {
    await world.script({ account: { name: 'jdavies', domain, sid: '', upn: '', displayName: 'Jo Davies' } });
    await logins(world, [[login, '2026-09-02T08:00:00Z', expected]]);
  }
});

test('a new version: the gate asks when it is material, and shows the changes since the accepted version', async ({
  world,
}) => {
  await logins(world, [['a', '2026-09-02T08:00:00Z', first]]);
  await world.publish({ version: '2026.3', material: false });
  await logins(world, [['b', '2026-09-03T08:00:00Z', undefined]]);

  // The version in between stays in the school's folder.
  const between = path.join(world.folder, 'policies/staff-2026-3');
  await cp(path.join(world.folder, 'policies/staff'), between, { recursive: true });
  const manifest = JSON.parse(await readFile(path.join(between, 'policy.json'), 'utf8')) as object;
  const changes = (what: string) => ({ 'en-GB': `${what} is new.`, 'cy-GB': `Mae ${what} yn newydd.` });
  await writeFile(
    path.join(between, 'policy.json'),
    JSON.stringify({ ...manifest, version: '2026.4', material: true, changes: changes('The third') }),
  );
  await world.publish({ version: '2026.5', material: true, changes: changes('The fourth') });
  await world.script({ loginId: 'c', clockStartsAt: '2026-09-04T08:00:00Z' });
  const agent = await world.start();
  const gate = await agent.gate();
  await expect(gate.locator('.lead')).toHaveText(material);
  await expect(gate.locator('.changes h3')).toHaveText(['Version 2026.5', 'Version 2026.4']);
  await expect(gate.locator('.changes p')).toHaveText(['The fourth is new.', 'The third is new.']);
  await world.screenshot('changes-of-two-versions', gate);
});

test('the gate asks several policies in their order, each for its own reason', async ({ world }) => {
  await mkdir(path.join(world.folder, 'policies/phones'));
  await cp(path.join(world.folder, 'policies/staff'), path.join(world.folder, 'policies/phones'), {
    recursive: true,
  });
  const file = path.join(world.folder, 'policies/phones/policy.json');
  const manifest = JSON.parse(await readFile(file, 'utf8')) as object;
  const title = { 'en-GB': 'Phones', 'cy-GB': 'Ffonau' };
  await writeFile(file, JSON.stringify({ ...manifest, id: 'phones', order: 1, title }));
  await world.script({ loginId: 'a' });
  const agent = await world.start();
  const gate = await agent.gate();
  await expect(gate.locator('h1')).toHaveText('Phones');
  await acceptPolicy(gate);
  await gate.getByRole('button', { name: /Continue|Next/u }).click();
  await expect(gate.locator('h1')).toHaveText('Acceptable use policy for staff and governors');
  await acceptAndContinue(gate);
  expect(await agent.opened()).toBe('receipt');
});

test('a new version that arrives during a lesson waits for the next login', async ({ world }) => {
  await world.script({ longTimersMs: 300 });
  // Heartbeats need a collector. This one cannot be reached, so they stay in the outbox.
  await world.configure({ collectorUrl: world.collector().address });
  await world.stopCollector();
  const agent = await world.start();
  const gate = await agent.gate();
  await acceptAndContinue(gate);
  await agent.opened();
  await world.publish({ version: '2026.3', material: true });
  await expect.poll(() => agent.app.windows().length).toBe(0);
  // The folder's refresh has the same short timer as the heartbeat: it has run several times by now.
  const recorded = await countHeartbeats(world);
  await expect.poll(() => countHeartbeats(world)).toBeGreaterThan(recorded + 5);
  expect(agent.app.windows()).toHaveLength(0);
  await agent.close(3000);
  expect((await logIn(world, 'login-2', '')).lead).toMatch(material);
});

test('at once: the agent announces the version with time to save, shuts the gate, and opens it after acceptance', async ({
  world,
}) => {
  await world.configure({
    policy: { directory: path.join(world.folder, 'policies'), applyNewVersion: 'at-once' },
  });
  await world.script({ longTimersMs: 1500 });
  const agent = await world.start();
  const gate = await agent.gate();
  await acceptAndContinue(gate);
  await agent.opened();
  const announced = await keepAnnouncements(agent);
  await world.publish({ version: '2026.3', material: true });
  await expect.poll(async () => (await announced()).length).toBe(1);
  const [message] = await announced();
  expect(message?.message).toBe(
    'Your school has published a new version of this policy: Acceptable use policy for staff and governors.',
  );
  expect(message?.detail).toMatch(/^It will be shown at \d\d:\d\d, .*save your work/u);
  const shut = await agent.gate();
  await expect(shut.locator('.lead')).toHaveText(material);
  await acceptAndContinue(shut);
  await expect.poll(async () => (await agent.log()).match(/gate: open: receipt/gu)?.length).toBe(2);
  await expect.poll(() => agent.app.windows().length).toBe(0);
  expect(await announced()).toHaveLength(1);
});
