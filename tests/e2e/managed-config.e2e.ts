/** A technician changes the configuration of a running agent: what it applies at once, what waits, what it refuses. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect } from '@playwright/test';
import { makeDrive, makeUsbDevice, makeVolume } from '../fixtures/make-drive.ts';
import { exportedTexts } from '../support/collector/exported-texts.ts';
import { acceptAndContinue, words } from '../support/e2e/answer.ts';
import { trayLabels } from '../support/e2e/tray.ts';
import { type RunningAgent, test, type World } from '../support/e2e/world.ts';

/** 0.5 s to write the file, 3 s until the agent reads it again, and time for a busy machine. */
const applied = { timeout: 20_000 };

async function startAndAccept(world: World): Promise<RunningAgent> {
  const agent = await world.start();
  await acceptAndContinue(await agent.gate());
  expect(await agent.opened()).toBe('receipt');
  await expect.poll(() => agent.pageOf('gate') === undefined).toBe(true);
  return agent;
}

const logOfRun = async (agent: RunningAgent) => (await agent.log()).slice(agent.logBefore);

async function storedEvents(world: World, type: string): Promise<readonly unknown[]> {
  const texts = await exportedTexts(path.join(world.folder, 'collector'));
  return texts
    .map((text) => JSON.parse(text) as { readonly type: string; readonly data: unknown })
    .filter((event) => event.type === type)
    .map(({ data }) => data);
}

const writeConfigText = (world: World, text: string) =>
  writeFile(path.join(world.folder, 'config.json'), text);

test('the school’s name changes at the gate without losing the user’s input, and the contact in the tray', async ({
  world,
}) => {
  const agent = await world.start();
  const gate = await agent.gate();
  const schoolName = gate.locator('.site-name');
  await expect(schoolName).toHaveText('Ysgol y Bryn');
  await gate.getByRole('checkbox').first().check();
  await gate.getByRole('textbox', { name: words['en-GB'].fullName }).fill('Siân Prys');

  await world.configure({
    siteName: 'Ysgol y Dref',
    contact: { name: 'Ifan Rees', phone: '01632 960456' },
    gate: { declineCountdownSeconds: 120 },
  });
  await expect(schoolName).toHaveText('Ysgol y Dref', applied);
  await expect(gate.getByText('Ifan Rees').first()).toBeVisible();
  await expect(gate.getByRole('checkbox').first()).toBeChecked();
  await expect(gate.getByRole('textbox', { name: words['en-GB'].fullName })).toHaveValue('Siân Prys');
  await world.screenshot('config-changed-at-the-gate', gate);

  await acceptAndContinue(gate);
  expect(await agent.opened()).toBe('receipt');
  await expect
    .poll(() => trayLabels(agent, 'Who to contact'), applied)
    .toEqual(['Ifan Rees', '01632 960456']);
  const log = await logOfRun(agent);
  for (const line of ['siteName: changed: at-once', 'gate.declineCountdownSeconds: changed: next-login'])
    expect(log).toContain(`config: ${line}`);
});

test('the agent applies a shorter idle limit at once, and takes down the warning of a disabled idle lock', async ({
  world,
}) => {
  await world.script({ speed: 4 });
  await world.configure({
    gate: { enabled: false },
    idle: { lockAfterSeconds: 3600, warningSeconds: 20, whilePresenting: 'ignore' },
  });
  await world.display.movePointer(300, 300);
  const agent = await world.start();
  expect(await agent.opened()).toBe('gate-disabled');
  await expect.poll(() => trayLabels(agent)).toContain('Lock now');

  await world.configure({ idle: { lockAfterSeconds: 60, warningSeconds: 20, whilePresenting: 'ignore' } });
  await expect.poll(() => logOfRun(agent), { timeout: 30_000 }).toContain('idle: warning shown');
  expect(await world.journal()).toEqual([]);
  await world.configure({ idle: { enabled: false } });
  await expect.poll(() => logOfRun(agent), applied).toContain('idle.enabled: changed: at-once');
  await expect.poll(() => agent.pageOf('idle-warning') === undefined).toBe(true);
  // Otherwise the lock would have come 5 s of real time after the warning.
  await world.display.movePointer(320, 320);
  await world.configure({ idle: { lockAfterSeconds: 60, warningSeconds: 20, whilePresenting: 'ignore' } });
  await expect.poll(() => world.journal(), { timeout: 40_000 }).toEqual(['lock']);
  expect((await logOfRun(agent)).match(/idle: locked/gu)).toHaveLength(1);
});

test('the agent starts and stops watching removable media as the mode says', async ({ world }) => {
  await world.configure({ media: { mode: 'off' } });
  const agent = await startAndAccept(world);
  const listeners = () =>
    agent.app.evaluate(
      () => globalThis.removableMedia.usb.listeners() + globalThis.removableMedia.volumes.listeners(),
    );
  const warned = () => agent.pageOf('media-warning') !== undefined;
  await expect.poll(async () => (await logOfRun(agent)).includes('gate: open')).toBe(true);
  await agent.app.evaluate(
    (_electron, { device, drive }) => {
      globalThis.removableMedia.usb.plug(device);
      globalThis.removableMedia.volumes.show([drive]);
    },
    { device: makeUsbDevice(), drive: makeDrive({ volumes: [makeVolume({ mountPoints: ['E:\\'] })] }) },
  );
  expect(await listeners()).toBe(0);

  await world.configure({ media: { mode: 'audit' } });
  await expect
    .poll(() => storedEvents(world, 'porthor.media.seen.v1'), { timeout: 30_000 })
    .toMatchObject([{ mode: 'audit', arrival: 'present', warned: false }]);
  expect(warned()).toBe(false);

  await world.configure({ media: { mode: 'warn' } });
  await expect.poll(warned, applied).toBe(true);
  const warning = agent.pageOf('media-warning');
  if (warning === undefined) throw new Error('the warning is gone already');
  await expect(warning.getByRole('heading', { level: 2 }).first()).toBeVisible();
  await world.configure({ contact: { name: 'Ifan Rees' } });
  await expect(warning.getByText('Ifan Rees')).toBeVisible(applied);

  await world.configure({ media: { mode: 'off' } });
  await expect.poll(warned, applied).toBe(false);
  await expect.poll(listeners).toBe(0);
  await expect.poll(() => trayLabels(agent)).not.toContain('Plugged in now');
  expect(await agent.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(0);
});

test('a disabled gate opens, the agent reports why, and the gate asks again at the next login', async ({
  world,
}) => {
  const agent = await world.start();
  await expect((await agent.gate()).getByRole('button', { name: words['en-GB'].accept })).toBeVisible();
  await world.configure({ gate: { enabled: false } });
  expect(await agent.opened(20_000)).toBe('gate-disabled');
  await expect.poll(() => agent.pageOf('gate') === undefined).toBe(true);
  await expect
    .poll(() => storedEvents(world, 'porthor.gate.opened.v1'), { timeout: 15_000 })
    .toMatchObject([{ how: 'gate-disabled', account: { name: 'sprys' } }]);

  // A gate that is enabled again must not cover the desktop during a lesson.
  await world.configure({ gate: { enabled: true } });
  await expect
    .poll(async () => (await logOfRun(agent)).match(/gate\.enabled: changed/gu)?.length, applied)
    .toBe(2);
  expect(await agent.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(0);
  await agent.close();
  const next = await world.start();
  await expect((await next.gate()).getByRole('button', { name: words['en-GB'].accept })).toBeVisible();
});

test('with a broken file the agent keeps the last good configuration and names the key, also at the next start', async ({
  world,
}) => {
  const agent = await world.start();
  const gate = await agent.gate();
  await expect(gate.locator('.site-name')).toHaveText('Ysgol y Bryn');
  await writeConfigText(world, '{ "siteName": "Ysgol y Dref",');
  await expect.poll(() => logOfRun(agent), applied).toContain('fault: config-invalid: document');
  await writeConfigText(world, '{ "siteName": "Ysgol y Dref", "gate": { "enabled": "no" } }');
  await expect.poll(() => logOfRun(agent), applied).toContain('fault: config-invalid: gate.enabled');
  await expect(gate.locator('.site-name')).toHaveText('Ysgol y Bryn');
  await expect
    .poll(() => storedEvents(world, 'porthor.agent.fault.v1'), { timeout: 15_000 })
    .toMatchObject([
      { fault: 'config-invalid', subject: 'document' },
      { fault: 'config-invalid', subject: 'gate.enabled' },
    ]);

  await agent.close();
  const next = await world.start();
  await expect((await next.gate()).locator('.site-name')).toHaveText('Ysgol y Bryn');
  // The agent reads the corrected file without a restart.
  await world.configure({ siteName: 'Ysgol y Dref' });
  await expect((await next.gate()).locator('.site-name')).toHaveText('Ysgol y Dref', applied);
});

test('the agent leaks no listener, timer, handler or window, however often the configuration changes', async ({
  world,
}) => {
  const on = { gate: { enabled: false }, idle: { lockAfterSeconds: 900 }, media: { mode: 'warn' } };
  const changed = {
    ...on,
    idle: { lockAfterSeconds: 901 },
    media: { mode: 'off' },
    policy: { directory: path.join(world.folder, 'policies'), applyNewVersion: 'at-once' },
  };
  const back = { ...on, policy: { ...changed.policy, applyNewVersion: 'next-login' } };
  await world.script({ speed: 4 });
  await world.configure(back);
  const agent = await world.start();
  expect(await agent.opened()).toBe('gate-disabled');
  const apply = async (config: Readonly<Record<string, unknown>>, times: number) => {
    await world.configure(config);
    await expect
      .poll(async () => (await logOfRun(agent)).match(/media\.mode: changed/gu)?.length ?? 0, applied)
      .toBe(times);
  };
  const held = () =>
    agent.app.evaluate(({ app, BrowserWindow, ipcMain, nativeTheme, powerMonitor, screen }) => ({
      listeners: [app, nativeTheme, powerMonitor, screen].map((emitter: NodeJS.EventEmitter) =>
        emitter.eventNames().map((name) => emitter.listenerCount(name)),
      ),
      // Electron has no public count of them.
      handlers: (ipcMain as unknown as { readonly _invokeHandlers: ReadonlyMap<string, unknown> })
        ._invokeHandlers.size,
      windows: BrowserWindow.getAllWindows().length,
      media: globalThis.removableMedia.usb.listeners() + globalThis.removableMedia.volumes.listeners(),
      timers: process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length,
      watchers: process.getActiveResourcesInfo().filter((kind) => kind === 'FSEventWrap').length,
    }));
  // Change it once and back first, because parts that load at their first use stay.
  await apply(changed, 1);
  await apply(back, 2);
  await expect.poll(async () => (await held()).media).toBe(2);
  const before = await held();
  expect(before.handlers).toBeGreaterThan(10);
  expect(before.timers).toBeGreaterThan(0);
  for (const round of [1, 2, 3]) {
    await apply(changed, 2 * round + 1);
    await expect.poll(async () => (await held()).media).toBe(0);
    await apply(back, 2 * round + 2);
  }
  // A short timer may have run at the first count; a leak in each round would add three to the last count.
  await expect.poll(async () => (await held()).timers).toBeLessThanOrEqual(before.timers);
  expect({ ...(await held()), timers: 0 }).toEqual({ ...before, timers: 0 });
});
