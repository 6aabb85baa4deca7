/** What a restart by the system's task promises: it is silent, waits for the next login, and shuts no PC for ever. */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect } from '@playwright/test';
import { run } from '../../build/runtime/child.ts';
import { ensureRuntime } from '../../build/runtime/ensure-runtime.ts';
import { acceptAndContinue, words } from '../support/e2e/answer.ts';
import { testAgentFolder } from '../support/e2e/build-test-agent.ts';
import { type RunningAgent, test, type World } from '../support/e2e/world.ts';

/** As the task of the Windows installer starts it. */
const asTheTaskDoes = ['--kept=120', '--if-here-before'];

/** Starts the program beside a running agent, as the system does, and waits for its end. */
const startBeside = async (world: World, args: readonly string[]) => {
  const runtime = await ensureRuntime();
  return run(
    runtime.executablePath,
    [
      ...runtime.launchArgs,
      `--user-data-dir=${path.join(world.folder, 'profile')}`,
      testAgentFolder,
      '--config',
      path.join(world.folder, 'config.json'),
      ...args,
    ],
    {
      env: { ...world.display.env, PORTHOR_TEST_SCRIPT: path.join(world.folder, 'script.json') },
      deadlineMs: 60_000,
    },
  );
};

const untilAsked = async (agent: RunningAgent) => {
  const gate = await agent.gate();
  await expect(gate.getByRole('button', { name: words['en-GB'].accept, exact: true })).toBeVisible();
  return gate;
};

const openings = async (agent: RunningAgent) =>
  [...(await agent.log()).slice(agent.logBefore).matchAll(/gate: open: ([a-z-]+)/gu)].map(([, how]) => how);

const never = (why: string): never => {
  throw new Error(why);
};

const readSettings = async (world: World): Promise<string> =>
  readFile(await world.stateFile('settings.json'), 'utf8');

test('the task leaves a running agent alone silently; a user who starts it again sees a window', async ({
  world,
}) => {
  const agent = await world.start({ args: ['--at-logon'] });
  await acceptAndContinue(await agent.gate());
  expect(await agent.opened()).toBe('receipt');
  await expect.poll(() => agent.app.windows().length).toBe(0);
  for (const args of [asTheTaskDoes, ['--at-logon'], asTheTaskDoes]) {
    expect((await startBeside(world, args)).status).toBe(0);
  }
  // A window of the earlier starts would be on the screen before the page of the last start.
  expect(agent.app.windows()).toHaveLength(0);
  expect((await startBeside(world, [])).status).toBe(0);
  await expect.poll(() => agent.pageOf('about')).toBeDefined();
  // The task has checked on the agent by now, and the agent reports that with the next heartbeat.
  const capability = agent.pageOf('about')?.getByRole('listitem').filter({ hasText: 'restart' });
  await expect(capability ?? never('there is no page')).toContainText('Works');
});

test('an agent installed during a lesson waits for the next login; one that died in this login comes back', async ({
  world,
}) => {
  // Twice, because the first start must not count as the run of an agent.
  for (let tick = 0; tick < 2; tick += 1) {
    expect(await startBeside(world, asTheTaskDoes)).toMatchObject({
      outcome: 'exited',
      status: 0,
    });
  }
  const first = await world.start({ args: ['--at-logon'] });
  await untilAsked(first);
  await first.kill();
  const again = await world.start({ args: asTheTaskDoes });
  await untilAsked(again);
  expect(await openings(again)).toEqual([]);
});

test('an agent installed during a lesson covers no screen because of unreadable records', async ({
  world,
}) => {
  const first = await world.start({ args: ['--at-logon'] });
  await acceptAndContinue(await first.gate());
  expect(await first.opened()).toBe('receipt');
  await first.close();
  const file = await world.stateFile('receipts.json');
  await writeFile(
    file,
    JSON.stringify({ ...(JSON.parse(await readFile(file, 'utf8')) as object), format: 99 }),
  );
  await world.script({ loginId: 'login-2' });
  expect(await startBeside(world, asTheTaskDoes)).toMatchObject({ outcome: 'exited', status: 0 });
  // At the next login the gate shows the problem as usual.
  const next = await world.start({ args: ['--at-logon'] });
  await expect((await next.gate()).getByText(/receipts\.json/u)).toBeVisible();
});

test('after three deaths at the gate the restarted agent opens it, and keeps it open in this login', async ({
  world,
}) => {
  const startedAtMs = Date.parse('2026-11-23T08:40:00Z');
  // The clock simulates the pauses of the task.
  const setClock = (run: number) =>
    world.script({ clockStartsAt: new Date(startedAtMs + run * 121_000).toISOString() });
  const startAt = async (run: number) => {
    await setClock(run);
    return world.start({ args: run === 0 ? ['--at-logon'] : asTheTaskDoes });
  };
  for (let death = 0; death < 3; death += 1) {
    const agent = await startAt(death);
    await untilAsked(agent);
    expect(await openings(agent)).toEqual([]);
    await agent.kill();
  }
  const opened = await startAt(3);
  expect(await opened.opened()).toBe('crash-limit');
  await expect.poll(() => opened.log()).toContain('fault: crash-limit');
  await expect.poll(() => readSettings(world)).toContain('"openedBy": "crash-limit"');
  await opened.kill();

  // An hour later, in the same login, no crash counts any more, but the agent must not shut the user out.
  const later = await startAt(33);
  expect(await later.opened()).toBe('crash-limit');
  await expect.poll(() => later.app.windows().length).toBe(0);
  await later.close();

  await world.script({ loginId: 'login-2' });
  await setClock(34);
  expect(await startBeside(world, asTheTaskDoes)).toMatchObject({ outcome: 'exited', status: 0 });
  const atLogon = await world.start({ args: ['--at-logon'] });
  await untilAsked(atLogon);
  expect(await openings(atLogon)).toEqual([]);
});
