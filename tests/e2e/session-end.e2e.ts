/**
 * The end of the session as Windows brings it with Electron 44 and later: the process ends as soon as the listeners have
 * returned. Nothing that the agent keeps may wait for work that comes later.
 */
import { expect } from '@playwright/test';
import { acceptAndContinue, words } from '../support/e2e/answer.ts';
import { type RunningAgent, test } from '../support/e2e/world.ts';

/** Sends both messages to the hidden window, as Windows does, and ends the process in the same turn of its loop. */
async function endSession(agent: RunningAgent): Promise<void> {
  const ended = agent.app.waitForEvent('close');
  await agent.app
    .evaluate(({ BaseWindow, BrowserWindow }) => {
      const listening = BaseWindow.getAllWindows().filter(
        (window) => window.listenerCount('session-end') > 0 && !(window instanceof BrowserWindow),
      );
      if (listening.length !== 1)
        throw new Error(`${listening.length} windows listen for the end of the session`);
      listening[0]?.emit('query-session-end', {});
      listening[0]?.emit('session-end', {});
      process.kill(process.pid, 'SIGKILL');
    })
    .catch((error: unknown) => {
      if (String(error).includes('windows listen')) throw error;
    });
  await ended;
}

test('an acceptance outlasts the end of the session, and reaches the collector once', async ({ world }) => {
  await world.script({ endsSessionThroughWindow: true });
  const agent = await world.start();
  await acceptAndContinue(await agent.gate());
  expect(await agent.opened()).toBe('receipt');
  await endSession(agent);
  await world.script({ loginId: 'login-2' });
  const next = await world.start();
  expect(await next.opened()).toBe('receipt');
  await expect.poll(async () => (await world.collector().acknowledgements()).length).toBe(1);
});

test('sessions that end in front of a shut gate are no crashes, and open it for no later login', async ({
  world,
}) => {
  await world.script({ endsSessionThroughWindow: true });
  for (let login = 1; login <= 4; login += 1) {
    await world.script({ loginId: `login-${login}` });
    const agent = await world.start();
    const gate = await agent.gate();
    await expect(gate.getByRole('button', { name: words['en-GB'].accept, exact: true })).toBeVisible();
    expect(await agent.log()).not.toContain('gate: open');
    await endSession(agent);
  }
});
