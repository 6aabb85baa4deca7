/** The idle lock on a real X server, with real keys and pointer movements and a logind of the test's own. */
import path from 'node:path';
import { expect, type Page } from '@playwright/test';
import { exportedTexts } from '../support/collector/exported-texts.ts';
import { acceptAndContinue, pressLast } from '../support/e2e/answer.ts';
import { trayLabels } from '../support/e2e/tray.ts';
import { test as base, type RunningAgent, type World } from '../support/e2e/world.ts';
import { ensureLogindPrograms, type PrivateLogind, startPrivateLogind } from '../support/private-logind.ts';

interface Desk {
  readonly logind: PrivateLogind;
  /** The login session of the agent. */
  readonly session: string;
  /** Starts the agent in that session, with the gate off; `speed` times faster than the clock on the wall. */
  sitDown(idle: Readonly<Record<string, unknown>>, speed?: number): Promise<RunningAgent>;
  start(): Promise<RunningAgent>;
}

const test = base.extend<{ readonly idleDesk: Desk }>({
  idleDesk: async ({ world }, use) => {
    await ensureLogindPrograms();
    const logind = await startPrivateLogind();
    const session = await logind.addSession('c1', process.getuid?.() ?? -1);
    const start = () => world.start({ env: { ...logind.environment, XDG_SESSION_ID: 'c1' } });
    await use({
      logind,
      session,
      start,
      sitDown: async (idle, speed = 4) => {
        await world.script({ realLogind: true, speed });
        await world.configure({
          gate: { enabled: false },
          idle: { lockAfterSeconds: 60, warningSeconds: 20, ...idle },
        });
        await world.display.movePointer(300, 300);
        const agent = await start();
        await agent.opened();
        return agent;
      },
    });
    await logind.stop();
  },
});
test.describe.configure({ timeout: 300_000 });

interface Card {
  readonly x: number;
  readonly y: number;
  readonly visible: boolean;
}

/** Where the warning is, left to right; empty where there is none. */
function cards(agent: RunningAgent): Promise<readonly Card[]> {
  return agent.app.evaluate(({ BrowserWindow }) =>
    BrowserWindow.getAllWindows()
      .filter((window) => window.webContents.getURL().endsWith('idle-warning.html'))
      .map((window) => {
        const { x, y } = window.getBounds();
        return { x, y, visible: window.isVisible() };
      })
      .sort((left, right) => left.x - right.x),
  );
}

const cardCount = async (agent: RunningAgent) => (await cards(agent)).length;

async function warningPage(agent: RunningAgent): Promise<Page> {
  await expect.poll(() => agent.pageOf('idle-warning') !== undefined, { intervals: [50] }).toBe(true);
  const page = agent.pageOf('idle-warning');
  if (page === undefined) throw new Error('the warning is gone already');
  return page;
}

/** Resolves with the time since `sinceMs` at which a line of the log first says so. */
async function logged(agent: RunningAgent, pattern: RegExp, times = 1): Promise<void> {
  await expect
    .poll(
      async () => [...(await agent.log()).slice(agent.logBefore).matchAll(new RegExp(pattern, 'gu'))].length,
      {
        timeout: 100_000,
        intervals: [50],
      },
    )
    .toBeGreaterThanOrEqual(times);
}

interface StoredEvent {
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** The collector's events of one type, read without the collector's own program, which takes seconds to start. */
async function stored(world: World, type: string): Promise<readonly StoredEvent[]> {
  const texts = await exportedTexts(path.join(world.folder, 'collector'));
  return texts.map((text) => JSON.parse(text) as StoredEvent).filter((event) => event.type === type);
}

test('in real time: the agent warns on time, a key and a movement cancel the lock, and it locks', async ({
  world,
  idleDesk: { logind, session, sitDown },
}) => {
  await logind.giveLockScreen(session);
  const agent = await sitDown({}, 1);
  const secondsSince = (startMs: number) => (performance.now() - startMs) / 1000;

  // The agent warns 40 s after the last input: 60 s until the lock, of which the warning takes 20 s.
  let leftAtMs = performance.now();
  await world.display.movePointer(310, 310);
  await logged(agent, /idle: warning: lock/);
  expect(secondsSince(leftAtMs)).toBeGreaterThan(39.9);
  expect(secondsSince(leftAtMs)).toBeLessThan(43);
  await logged(agent, /idle: warning shown/);
  const page = await warningPage(agent);
  await expect(page.getByRole('button', { name: 'Stay signed in' })).toBeVisible();
  await expect(page.locator('.countdown-number')).toHaveText(/^(?:1\d|20)$/u);
  await world.screenshot('idle-warning-en-GB', page);

  leftAtMs = performance.now();
  await world.display.pressKey('shift');
  await expect.poll(() => cardCount(agent), { timeout: 2000, intervals: [50] }).toBe(0);
  expect(secondsSince(leftAtMs)).toBeLessThan(2);

  await logged(agent, /idle: warning: lock/, 2);
  expect(secondsSince(leftAtMs)).toBeGreaterThan(39.9);
  expect(secondsSince(leftAtMs)).toBeLessThan(43);
  leftAtMs = performance.now();
  await world.display.movePointer(340, 340);
  await expect.poll(() => cardCount(agent), { timeout: 2000, intervals: [50] }).toBe(0);
  expect(await logind.deeds()).toEqual([]);

  await expect.poll(() => logind.isLocked(session), { timeout: 90_000, intervals: [100] }).toBe(true);
  expect(secondsSince(leftAtMs)).toBeGreaterThan(59.9);
  expect(secondsSince(leftAtMs)).toBeLessThan(65);
  expect(await cardCount(agent)).toBe(0);
  await expect
    .poll(async () => (await stored(world, 'porthor.workstation.locked.v1')).map(({ data }) => data))
    .toMatchObject([{ cause: 'idle', certainty: 'confirmed', attempts: 1, account: { name: 'sprys' } }]);
  // After a confirmed lock the agent does nothing more.
  expect(await world.journal()).toEqual(['lock']);
});

test('the button cancels the lock, and the program in which the user types keeps the keyboard', async ({
  idleDesk: { logind, session, sitDown },
}) => {
  await logind.giveLockScreen(session);
  // 25 s for the press, because a busy machine takes long to find the button.
  const agent = await sitDown({ warningSeconds: 50 }, 2);
  await agent.app.evaluate(({ BrowserWindow }) => {
    const other = new BrowserWindow({ x: 20, y: 20, width: 400, height: 300 });
    other.focus();
    Object.assign(globalThis, { otherProgram: other });
  });
  const hasKeyboard = () =>
    agent.app.evaluate(
      () => (globalThis as { otherProgram?: Electron.BrowserWindow }).otherProgram?.isFocused() ?? false,
    );
  await expect.poll(hasKeyboard).toBe(true);
  await logged(agent, /idle: warning shown/);
  expect(await hasKeyboard()).toBe(true);
  const page = await warningPage(agent);
  // As assistive software presses it, without any movement that the sensor could notice.
  await pressLast(page, () => page.getByRole('button', { name: 'Stay signed in' }).dispatchEvent('click'));
  await expect.poll(() => cardCount(agent)).toBe(0);
  expect(await logind.deeds()).toEqual([]);
});

test('the agent retries a refused lock, then reports the failure to the school, and never a lock', async ({
  world,
  idleDesk: { logind, session, sitDown },
}) => {
  await logind.refuseLock(session);
  const agent = await sitDown({});
  await expect
    .poll(async () => (await stored(world, 'porthor.workstation.lock-failed.v1')).map(({ data }) => data), {
      timeout: 60_000,
    })
    .toMatchObject([{ cause: 'idle', attempts: 3 }]);
  expect(await world.journal()).toEqual(['lock', 'lock', 'lock']);
  expect(await stored(world, 'porthor.workstation.locked.v1')).toEqual([]);
  expect(await cardCount(agent)).toBe(0);
});

test('the agent does not interrupt a user who presents, up to the ceiling; the tray says until when', async ({
  idleDesk: { logind, session, sitDown },
}) => {
  await logind.giveLockScreen(session);
  const uid = process.getuid?.() ?? -1;
  await logind.inhibit([{ what: 'idle:sleep', who: 'A film', mode: 'block', uid }]);
  const agent = await sitDown({ presentingCeilingSeconds: 120 });
  const startedAtMs = performance.now();
  await expect
    .poll(() => trayLabels(agent), { timeout: 30_000 })
    .toContainEqual(
      expect.stringMatching(/^Not locking: a video or a call is on, until \d\d:\d\d at the latest$/u),
    );
  expect(await cardCount(agent)).toBe(0);
  // 60 s until the lock and a ceiling of 120 s, four times faster.
  await logged(agent, /idle: warning: lock/);
  expect((performance.now() - startedAtMs) / 1000).toBeGreaterThan(30);
  await expect.poll(() => logind.isLocked(session), { timeout: 90_000 }).toBe(true);
  expect((performance.now() - startedAtMs) / 1000).toBeLessThan(60);
});

test('neither an inhibitor of another user nor one that only delays keeps the agent from locking', async ({
  idleDesk: { logind, session, sitDown },
}) => {
  await logind.giveLockScreen(session);
  const uid = process.getuid?.() ?? -1;
  await logind.inhibit([
    { what: 'idle', who: 'Somebody else', mode: 'block', uid: uid + 4711 },
    { what: 'idle', who: 'Polite', mode: 'delay', uid },
    { what: 'sleep', who: 'Download', mode: 'block', uid },
  ]);
  await sitDown({});
  await expect.poll(() => logind.isLocked(session), { timeout: 90_000 }).toBe(true);
});

test('the agent locks a PC before it sleeps, and restarts the idle time on wake-up', async ({
  world,
  idleDesk: { logind, session, sitDown },
}) => {
  await logind.giveLockScreen(session);
  const agent = await sitDown({}, 2);
  await logged(agent, /idle: warning: lock/);
  // logind waits for a program that holds a delay, as the agent must.
  expect(await logind.sleepDelays()).not.toEqual([]);
  await logind.sleep(true);
  await expect.poll(() => logind.isLocked(session)).toBe(true);
  expect(await world.journal()).toEqual(['lock-at-once requested']);
  await logind.sleep(false);
  await expect.poll(() => cardCount(agent)).toBe(0);
  await logged(agent, /idle: awake: locked/);
  await logind.setLocked(session, false);
  const wokenAtMs = performance.now();
  await logged(agent, /idle: warning: lock/, 2);
  // 40 s of agent time, twice as fast, whatever the sensor reports about the time before.
  expect((performance.now() - wokenAtMs) / 1000).toBeGreaterThan(19);
  await expect
    .poll(async () => (await stored(world, 'porthor.workstation.locked.v1')).map(({ data }) => data))
    .toMatchObject([{ cause: 'sleep', certainty: 'requested' }]);
});

test('the agent does nothing in a background session, and restarts the idle time when it is in front', async ({
  world,
  idleDesk: { logind, session, sitDown },
}) => {
  await logind.giveLockScreen(session);
  const front = await logind.addSession('c2', process.getuid?.() ?? -1);
  await logind.setActive(session, false);
  const agent = await sitDown({ signOutAfterSeconds: 90 });
  // Long enough for a warning, a lock and a sign-out.
  await expect
    .poll(async () => (await agent.app.evaluate(() => performance.now())) / 1000, { timeout: 60_000 })
    .toBeGreaterThan(32);
  expect(await agent.log()).not.toContain('idle: warning');
  expect(await world.journal()).toEqual([]);
  expect(await logind.deeds()).toEqual([]);

  await logind.setActive(session, true);
  await world.display.movePointer(350, 350);
  await expect.poll(() => logind.isLocked(session), { timeout: 90_000 }).toBe(true);
  expect(await logind.isLocked(front)).toBe(false);
});

test('the agent signs out after a lock as announced, and reports both to the school', async ({
  world,
  idleDesk: { logind, session, sitDown },
}) => {
  await logind.giveLockScreen(session);
  const agent = await sitDown({ warningSeconds: 50, signOutAfterSeconds: 90 }, 2);
  await logged(agent, /idle: warning shown/);
  const page = await warningPage(agent);
  await expect(page.getByText('If nobody has used it for 2 minutes you will be signed out')).toBeVisible();
  await expect.poll(() => logind.isClosing(session), { timeout: 120_000 }).toBe(true);
  await expect
    .poll(async () => (await stored(world, 'porthor.workstation.signed-out.v1')).map(({ data }) => data))
    .toMatchObject([{ cause: 'idle', signOutAfterSeconds: 90 }]);
  expect(await logind.deeds()).toEqual(['Lock', 'Terminate']);
});

test('the agent also locks an unanswered gate, with the warning above it', async ({
  world,
  idleDesk: { logind, session, start },
}) => {
  await logind.giveLockScreen(session);
  await world.script({ realLogind: true, speed: 2 });
  await world.configure({ idle: { lockAfterSeconds: 60, warningSeconds: 50 } });
  const agent = await start();
  const gate = await agent.gate();
  await logged(agent, /idle: warning shown/);
  const page = await warningPage(agent);
  // The gate restores its windows once a second, and could cover the warning then.
  await agent.app.evaluate(
    ({ BrowserWindow }) =>
      new Promise<void>((resolve) => {
        const gateWindow = BrowserWindow.getAllWindows().find((window) =>
          window.webContents.getURL().endsWith('gate.html'),
        );
        if (gateWindow === undefined) throw new Error('there is no gate');
        const getBounds = gateWindow.getBounds.bind(gateWindow);
        let looks = 0;
        gateWindow.getBounds = () => {
          looks += 1;
          if (looks === 2) resolve();
          return getBounds();
        };
      }),
  );
  await world.screenshot('idle-warning-at-the-gate', page);
  // Pressed with the pointer, which reaches the button only where nothing covers it.
  const box = await page.getByRole('button', { name: 'Stay signed in' }).boundingBox();
  const [card] = await cards(agent);
  if (box === null || card === undefined) throw new Error('the button is not there');
  await world.display.click(
    Math.round(card.x + box.x + box.width / 2),
    Math.round(card.y + box.y + box.height / 2),
  );
  await expect.poll(() => cardCount(agent)).toBe(0);
  await expect.poll(() => logind.isLocked(session), { timeout: 90_000 }).toBe(true);
  await logind.setLocked(session, false);
  await acceptAndContinue(gate);
  expect(await agent.opened()).toBe('receipt');
});

test.describe('with two displays', () => {
  test.use({
    desk: {
      screens: [
        { widthPx: 1280, heightPx: 1024 },
        { widthPx: 1280, heightPx: 1024 },
      ],
    },
  });

  test('the warning is on both, and follows displays that are unplugged and plugged in', async ({
    world,
    idleDesk: { logind, session, sitDown },
  }) => {
    await logind.giveLockScreen(session);
    const agent = await sitDown({ warningSeconds: 59 }, 2);
    await logged(agent, /idle: warning shown/);
    const page = await warningPage(agent);
    const [left, right] = await cards(agent);
    expect(left?.x).toBeLessThan(1280);
    expect(right?.x).toBeGreaterThanOrEqual(1280);
    expect(left?.visible && right?.visible).toBe(true);
    await world.screenshot('idle-warning-two-displays', page);
    const [, second] = await world.display.screens();
    await world.display.removeScreen(second?.name ?? '');
    await expect.poll(() => cardCount(agent)).toBe(1);
    await world.display.addScreen({ widthPx: 1024, heightPx: 768 });
    await expect.poll(() => cardCount(agent)).toBe(2);
    expect(await logind.deeds()).toEqual([]);
    await expect.poll(() => logind.isLocked(session), { timeout: 90_000 }).toBe(true);
    expect(await cardCount(agent)).toBe(0);
  });
});

test('the agent never locks without a visible warning: it reports the failure, and tries again', async ({
  world,
  idleDesk: { logind, session, sitDown },
}) => {
  await logind.giveLockScreen(session);
  const agent = await sitDown({});
  // Break every page of a warning as soon as it exists.
  await agent.app.evaluate(({ app }) => {
    app.on('web-contents-created', (_event, contents) => {
      contents.on('did-start-loading', () => contents.forcefullyCrashRenderer());
    });
  });
  await expect
    .poll(async () => (await stored(world, 'porthor.agent.fault.v1')).map(({ data }) => data['fault']), {
      timeout: 60_000,
    })
    .toContain('idle-warning-not-shown');
  await logged(agent, /idle: warning: lock/, 2);
  expect(await logind.deeds()).toEqual([]);
});
