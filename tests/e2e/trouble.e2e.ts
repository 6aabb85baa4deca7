/** The gate when things go wrong: dead pages, a dead network, damaged files, wiped profiles, new versions. */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect } from '@playwright/test';
import { makeDrive, makeUsbDevice } from '../fixtures/make-drive.ts';
import { exportedTexts } from '../support/collector/exported-texts.ts';
import { acceptAndContinue, fillIn, words } from '../support/e2e/answer.ts';
import { openFromTray } from '../support/e2e/tray.ts';
import { type RunningAgent, test, type World } from '../support/e2e/world.ts';

const en = words['en-GB'];

async function acceptAndEnd(world: World): Promise<void> {
  const agent = await world.start();
  await acceptAndContinue(await agent.gate());
  expect(await agent.opened()).toBe('receipt');
  await expect.poll(async () => (await world.collector().acknowledgements()).length).toBeGreaterThan(0);
  await agent.close();
  // The rest of the test is another login, because the gate asks once in a login.
  await world.script({ loginId: 'login-2' });
}

/** The ways in which the gate has opened, over all runs: the log continues after a restart. */
async function openings(agent: RunningAgent): Promise<readonly string[]> {
  return [...(await agent.log()).matchAll(/gate: open: ([a-z-]+)/gu)].map(([, how = '']) => how);
}

test('a killed gate page comes back with the user’s input, and the user can accept', async ({ world }) => {
  const agent = await world.start();
  const gate = await agent.gate();
  await fillIn(gate);
  // A page fires its timers in order: this one comes after the page's own, which saves the input.
  await gate.evaluate(() => new Promise((resolve) => setTimeout(resolve, 400)));
  await agent.app.evaluate(({ BrowserWindow }) => {
    for (const window of BrowserWindow.getAllWindows()) window.webContents.forcefullyCrashRenderer();
  });
  await expect.poll(() => agent.log()).toContain('gate: regained: renderer-gone');
  expect(await agent.log()).not.toContain('gate: open');
  // Playwright's handle of a crashed page stays dead, so use the new page through the main process.
  const inPage = <Value>(script: string): Promise<Value> =>
    agent.app.evaluate(async ({ BrowserWindow }, code) => {
      const [window] = BrowserWindow.getAllWindows();
      return (await window?.webContents.executeJavaScript(code)) as Value;
    }, script);
  expect(
    await inPage<string[]>(`[...document.querySelectorAll('input[type=text]')].map((field) => field.value)`),
  ).toEqual(['Siân Prys', 'Teacher']);
  expect(
    await inPage<boolean>(
      `[...document.querySelectorAll('input[type=checkbox]')].every((box) => box.checked)`,
    ),
  ).toBe(true);
  const press = (label: string) =>
    inPage(
      `[...document.querySelectorAll('button')].find((button) => button.textContent.trim() === ${JSON.stringify(label)}).click()`,
    );
  await press(en.accept);
  await expect
    .poll(() => inPage<boolean>(`document.body.textContent.includes(${JSON.stringify(en.confirm)})`))
    .toBe(true);
  await press(en.confirm);
  expect(await agent.opened()).toBe('receipt');
});

test('a gate page that dies again and again finally opens the gate, and the agent reports it', async ({
  world,
}) => {
  const agent = await world.start();
  await agent.gate();
  for (let crash = 1; crash <= 3; crash += 1) {
    await agent.app.evaluate(({ BrowserWindow }) => {
      BrowserWindow.getAllWindows()[0]?.webContents.forcefullyCrashRenderer();
    });
    if (crash < 3) {
      await expect
        .poll(async () => (await agent.log()).split('regained: renderer-gone').length - 1, {
          timeout: 20_000,
        })
        .toBe(crash);
    }
  }
  expect(await agent.opened()).toBe('crash-limit');
  await expect.poll(() => agent.log()).toContain('fault: crash-limit');
});

test('an agent that is killed three times in two minutes opens the gate; with the setting at 0 it never does', async ({
  world,
}) => {
  const startAndKill = async () => {
    const agent = await world.start();
    const gate = await agent.gate();
    await expect(gate.getByRole('button', { name: en.accept, exact: true })).toBeVisible();
    await agent.kill();
    return agent;
  };
  await world.configure({ gate: { openAfterCrashes: 0 } });
  for (let kill = 0; kill < 4; kill += 1) await startAndKill();
  const shut = await startAndKill();
  expect(await openings(shut)).toEqual([]);
  await world.configure({ gate: { openAfterCrashes: 3 } });
  const agent = await world.start();
  expect(await agent.opened()).toBe('crash-limit');
});

test('an agent that is asked to end does so at once and in order, and this is not a crash', async ({
  world,
}) => {
  await world.configure({ gate: { openAfterCrashes: 2 } });
  for (let end = 0; end < 4; end += 1) {
    const agent = await world.start();
    const gate = await agent.gate();
    await expect(gate.getByRole('button', { name: en.accept, exact: true })).toBeVisible();
    process.kill(agent.pid, 'SIGTERM');
    expect(await agent.exited).toEqual({ code: 0, signal: null });
    expect(await openings(agent)).toEqual([]);
  }
});

test('a user can accept while the collector is down; the collector receives it once it is back', async ({
  world,
}) => {
  await world.stopCollector();
  const agent = await world.start();
  await acceptAndContinue(await agent.gate());
  expect(await agent.opened()).toBe('receipt');
  await agent.close();
  await world.startCollectorAgain();
  const next = await world.start();
  await expect.poll(() => openings(next)).toEqual(['receipt', 'receipt']);
  await expect
    .poll(async () => (await world.collector().acknowledgements()).map(({ action }) => action), {
      timeout: 20_000,
    })
    .toEqual(['accepted']);
  expect(await world.collector().sequenceGaps()).toEqual([]);
});

test('the gate asks again for a new version only where it is material', async ({ world }) => {
  await acceptAndEnd(world);
  await world.publish({ version: '2099.1', material: false }, 'A comma was moved.');
  const same = await world.start();
  await expect.poll(() => openings(same)).toEqual(['receipt', 'receipt']);
  await same.close();

  await world.publish({
    version: '2099.2',
    material: true,
    changes: { 'en-GB': 'Phones stay in the bag.', 'cy-GB': 'Mae ffonau’n aros yn y bag.' },
  });
  await world.script({ loginId: 'login-3' });
  const asked = await world.start();
  const gate = await asked.gate();
  await expect(gate.getByText('Phones stay in the bag.')).toBeVisible();
  await acceptAndContinue(gate);
  await expect.poll(() => openings(asked)).toEqual(['receipt', 'receipt', 'receipt']);
  await expect
    .poll(async () => (await world.collector().acknowledgements()).map(({ policyVersion }) => policyVersion))
    .toContain('2099.2');
});

test('after a restart during a lesson the gate does not ask for a new version; at the next login it does', async ({
  world,
}) => {
  const agent = await world.start();
  await acceptAndContinue(await agent.gate());
  expect(await agent.opened()).toBe('receipt');
  await world.publish({ version: '2099.2', material: true });
  const settings = await world.stateFile('settings.json');
  await expect.poll(() => readFile(settings, 'utf8')).toContain('"openedBy": "receipt"');
  await agent.kill();
  const again = await world.start();
  expect(await again.opened()).toBe('receipt');
  await again.close();

  await world.script({ loginId: 'login-2' });
  const next = await world.start();
  await expect((await next.gate()).getByText(/Version 2099\.2/u)).toBeVisible();
  await next.kill();
  // A gate that was shut in this login stays shut after a user ends the agent.
  const shut = await world.start();
  await expect((await shut.gate()).getByText(/Version 2099\.2/u)).toBeVisible();
  expect((await shut.log()).slice(shut.logBefore)).not.toContain('gate: open');
});

test('a text that was changed without a new version does not count as accepted', async ({ world }) => {
  await acceptAndEnd(world);
  await world.publish({}, 'One more rule, slipped in.');
  const agent = await world.start();
  const gate = await agent.gate();
  await expect(gate.getByText('One more rule, slipped in.')).toBeVisible();
  expect(await openings(agent)).toEqual(['receipt']);
});

test('after a wiped profile the gate opens by the collector’s record', async ({ world }) => {
  await acceptAndEnd(world);
  await world.wipeProfile();
  await world.script({ loginId: 'login-2' });
  const agent = await world.start();
  expect(await agent.opened()).toBe('known-to-collector');
  expect((await world.collector().acknowledgements()).length).toBe(1);
  await agent.close();

  // At home a laptop knows the acceptance without the collector.
  await world.stopCollector();
  await world.script({ loginId: 'login-3' });
  const atHome = await world.start();
  expect(await atHome.opened()).toBe('receipt');
  const page = await openFromTray(atHome, 'My agreements', 'agreements');
  await expect(page.getByText('Accepted on another computer')).toBeVisible();
  await atHome.close();
  await world.startCollectorAgain();
  expect((await world.collector().acknowledgements()).length).toBe(1);
});

test('after a wiped profile the gate asks again while the collector is down', async ({ world }) => {
  await acceptAndEnd(world);
  await world.stopCollector();
  await world.wipeProfile();
  const agent = await world.start();
  const gate = await agent.gate();
  await expect(gate.getByRole('button', { name: en.accept, exact: true })).toBeVisible();
  await world.startCollectorAgain();
});

test('the gate asks another user of the same PC separately', async ({ world }) => {
  await acceptAndEnd(world);
  await world.script({
    account: {
      name: 'tjones',
      domain: 'YSGOL',
      sid: 'S-1-5-21-1-2-3-2001',
      upn: '',
      displayName: 'Tomos Jones',
    },
  });
  const agent = await world.start();
  const gate = await agent.gate();
  await expect(gate.getByRole('textbox', { name: en.fullName })).toHaveValue('Tomos Jones');
  expect(await openings(agent)).toEqual(['receipt']);
});

test('records of a newer Porthor keep the gate shut and stay unchanged, and the gate offers help', async ({
  world,
}) => {
  await acceptAndEnd(world);
  const file = await world.stateFile('receipts.json');
  const future = JSON.stringify({ ...(JSON.parse(await readFile(file, 'utf8')) as object), format: 99 });
  await writeFile(file, future);
  await world.stopCollector();
  const agent = await world.start();
  const gate = await agent.gate();
  await expect(gate.getByText(/receipts\.json/u)).toBeVisible();
  await expect(gate.getByRole('button', { name: en.help })).toBeVisible();
  expect(await openings(agent)).toEqual(['receipt']);
  await agent.close();
  expect(await readFile(file, 'utf8')).toBe(future);
  await world.startCollectorAgain();
});

test('when records become readable later, the gate opens by them, and the features that need them start', async ({
  world,
}) => {
  await acceptAndEnd(world);
  const file = await world.stateFile('receipts.json');
  const good = await readFile(file, 'utf8');
  await writeFile(file, JSON.stringify({ ...(JSON.parse(good) as object), format: 99 }));
  const agent = await world.start();
  const gate = await agent.gate();
  await expect(gate.getByText(/receipts\.json/u)).toBeVisible();
  await writeFile(file, good);
  // Press twice: a second opening of the records would find the folder locked and create another one.
  await gate.evaluate(() => {
    const button = [...document.querySelectorAll('button')].find(
      ({ textContent }) => textContent === 'Try again',
    );
    button?.click();
    button?.click();
  });
  await expect.poll(() => openings(agent)).toEqual(['receipt', 'receipt']);
  expect(await readdir(path.dirname(path.dirname(file)))).toEqual([path.basename(path.dirname(file))]);
  await agent.app.evaluate(
    (_electron, { device, drive }) => {
      globalThis.removableMedia.usb.plug(device);
      globalThis.removableMedia.volumes.show([drive]);
    },
    { device: makeUsbDevice(), drive: makeDrive() },
  );
  await expect.poll(() => agent.pageOf('media-warning') !== undefined).toBe(true);
  const starts = async () =>
    (await exportedTexts(path.join(world.folder, 'collector'))).filter((text) =>
      text.includes('"porthor.agent.started.v1"'),
    );
  await expect.poll(async () => (await starts()).length).toBe(2);
});

/** Gives a user's records the format of a newer Porthor. Returns a function that restores the readable ones. */
async function makeRecordsUnreadable(world: World): Promise<() => Promise<void>> {
  await acceptAndEnd(world);
  const file = await world.stateFile('receipts.json');
  const good = await readFile(file, 'utf8');
  await writeFile(file, JSON.stringify({ ...(JSON.parse(good) as object), format: 99 }));
  return () => writeFile(file, good);
}

for (const [who, how, changes] of [
  ['a PC whose gate is switched off', 'gate-disabled', { gate: { enabled: false } }],
  ['an account that is never asked', 'excluded', { audience: { exclude: ['sprys'] } }],
] as const) {
  test(`the agent does not cover ${who} because of unreadable records, and opens them once they are readable`, async ({
    world,
  }) => {
    const mend = await makeRecordsUnreadable(world);
    await world.configure(changes);
    const agent = await world.start();
    expect(await agent.opened()).toBe(how);
    await expect.poll(() => agent.log()).toContain('fault: records-unreadable');
    await mend();
    const starts = async () =>
      (await exportedTexts(path.join(world.folder, 'collector'))).filter((text) =>
        text.includes('"porthor.agent.started.v1"'),
      );
    expect((await starts()).length).toBe(1);
    await agent.app.evaluate(({ powerMonitor }) => powerMonitor.emit('unlock-screen'));
    await expect.poll(async () => (await starts()).length).toBe(2);
  });
}

test('the agent does not cover a PC with a disabled gate because of an unknown account', async ({
  world,
}) => {
  await world.script({ accountIsTold: 'never' });
  await world.configure({ gate: { enabled: false } });
  const agent = await world.start();
  expect(await agent.opened()).toBe('gate-disabled');
  expect((await exportedTexts(path.join(world.folder, 'collector'))).join('')).not.toContain('agent.started');
  await world.script({ accountIsTold: 'at-once' });
  await expect
    .poll(async () => {
      await agent.app.evaluate(({ powerMonitor }) => powerMonitor.emit('resume'));
      return (await exportedTexts(path.join(world.folder, 'collector'))).join('');
    })
    .toContain('"porthor.agent.started.v1"');
});

test('a gate that is shut because of unreadable records opens when the school disables the gate', async ({
  world,
}) => {
  await makeRecordsUnreadable(world);
  const agent = await world.start();
  const gate = await agent.gate();
  await expect(gate.getByText(/receipts\.json/u)).toBeVisible();
  await world.configure({ gate: { enabled: false } });
  // The agent watches the file once the gate has painted, and reads it again when the PC wakes up.
  await expect
    .poll(async () => {
      await agent.app.evaluate(({ powerMonitor }) => powerMonitor.emit('unlock-screen'));
      return openings(agent);
    })
    .toEqual(['receipt', 'gate-disabled']);
});

test('the agent keeps damaged receipts aside, restores them from outbox or collector, and does not ask again', async ({
  world,
}) => {
  await acceptAndEnd(world);
  const file = await world.stateFile('receipts.json');
  await writeFile(file, '{"half a fi');
  const agent = await world.start();
  await expect.poll(async () => (await openings(agent)).length).toBe(2);
  const kept = await readdir(path.dirname(file));
  expect(kept.filter((name) => name.includes('damaged'))).toHaveLength(1);
});

test('a damaged policy never opens the gate; the gate shows the last good one', async ({ world }) => {
  const first = await world.start();
  await expect((await first.gate()).getByRole('button', { name: en.accept, exact: true })).toBeVisible();
  await first.close();
  await writeFile(path.join(world.folder, 'policies/staff/policy.json'), '{"id":"staff"');
  const agent = await world.start();
  const gate = await agent.gate();
  await expect(gate.getByRole('button', { name: en.accept, exact: true })).toBeVisible();
  expect(await openings(agent)).toEqual([]);
  await expect.poll(() => agent.log()).toContain('fault: pack-refused');
});

for (const accountIsTold of ['late', 'slow'] as const) {
  test(`the agent covers the desktop while it waits for the account: ${accountIsTold}`, async ({ world }) => {
    await world.script({ accountIsTold });
    const agent = await world.start();
    const gate = await agent.gate();
    expect(await openings(agent)).toEqual([]);
    await expect(gate.getByRole('button', { name: en.accept, exact: true })).toHaveCount(0);
    await world.script({ accountIsTold: 'at-once' });
    await expect(gate.getByRole('button', { name: en.accept, exact: true })).toBeVisible();
  });
}

test('without a readable policy the gate stays shut and says why, and asks once the file is repaired', async ({
  world,
}) => {
  const file = path.join(world.folder, 'policies/staff/policy.json');
  const good = await readFile(file, 'utf8');
  await writeFile(file, '{"id":"staff"');
  const agent = await world.start();
  const gate = await agent.gate();
  await expect(gate.getByRole('button', { name: en.help })).toBeVisible();
  expect(await openings(agent)).toEqual([]);
  await writeFile(file, good);
  await gate.getByRole('button', { name: /try again/iu }).click();
  await expect(gate.getByRole('button', { name: en.accept, exact: true })).toBeVisible();
});
