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
  // What comes after is another login: within one, nobody is asked again.
  await world.script({ loginId: 'login-2' });
}

/** The log goes on over restarts: how often the gate has opened in which way. */
async function openings(agent: RunningAgent): Promise<readonly string[]> {
  return [...(await agent.log()).matchAll(/gate: open: ([a-z-]+)/gu)].map(([, how = '']) => how);
}

test('the page of the gate is killed: it comes back with what was typed, and can be accepted', async ({
  world,
}) => {
  const agent = await world.start();
  const gate = await agent.gate();
  await fillIn(gate);
  // A page fires its timers in order: this one comes after the page's own, which saves what was typed.
  await gate.evaluate(() => new Promise((resolve) => setTimeout(resolve, 400)));
  await agent.app.evaluate(({ BrowserWindow }) => {
    for (const window of BrowserWindow.getAllWindows()) window.webContents.forcefullyCrashRenderer();
  });
  await expect.poll(() => agent.log()).toContain('gate: regained: renderer-gone');
  expect(await agent.log()).not.toContain('gate: open');
  // Playwright's handle of a crashed page stays dead, so the new page is asked through the main process.
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

test('the page that dies again and again opens the gate in the end, loudly', async ({ world }) => {
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

test('an agent that is asked to end does so in order, at once, and that is no crash', async ({ world }) => {
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

test('with the collector down a person accepts all the same; it has it once it is back', async ({
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

test('a new version is asked again where it is material, and only there', async ({ world }) => {
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

test('an agent that is started anew in mid-lesson asks nobody for what was published meanwhile; the next login does', async ({
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
  // Shut in this login, it stays so for whoever ends the agent.
  const shut = await world.start();
  await expect((await shut.gate()).getByText(/Version 2099\.2/u)).toBeVisible();
  expect((await shut.log()).slice(shut.logBefore)).not.toContain('gate: open');
});

test('a text that was changed without a new version is not taken as accepted', async ({ world }) => {
  await acceptAndEnd(world);
  await world.publish({}, 'One more rule, slipped in.');
  const agent = await world.start();
  const gate = await agent.gate();
  await expect(gate.getByText('One more rule, slipped in.')).toBeVisible();
  expect(await openings(agent)).toEqual(['receipt']);
});

test('a profile that is wiped between logins is not asked again: the collector knows', async ({ world }) => {
  await acceptAndEnd(world);
  await world.wipeProfile();
  await world.script({ loginId: 'login-2' });
  const agent = await world.start();
  expect(await agent.opened()).toBe('known-to-collector');
  expect((await world.collector().acknowledgements()).length).toBe(1);
  await agent.close();

  // A laptop that is taken home knows it without the collector.
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

test('a wiped profile and a dead collector: the policy is shown again, and nothing is lost', async ({
  world,
}) => {
  await acceptAndEnd(world);
  await world.stopCollector();
  await world.wipeProfile();
  const agent = await world.start();
  const gate = await agent.gate();
  await expect(gate.getByRole('button', { name: en.accept, exact: true })).toBeVisible();
  await world.startCollectorAgain();
});

test('another person on the same PC is asked for themselves', async ({ world }) => {
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

test('records written by a newer Porthor keep the gate shut, stay as they are, and help is offered', async ({
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

test('records that can be read only later: the gate opens by them, and what needs them begins then', async ({
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
  // Pressed twice, the records are opened once: a second opening would find the folder taken and begin another one.
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

/** Leaves the records of a person who has accepted as a newer Porthor would; answers how to give the good ones back. */
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
  test(`${who} is not covered because of records that cannot be read; they are opened when they can be`, async ({
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

test('a PC whose gate is switched off is not covered either because it cannot tell who is at it', async ({
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

test('a gate that stands because of unreadable records goes when the school switches the gate off', async ({
  world,
}) => {
  await makeRecordsUnreadable(world);
  const agent = await world.start();
  const gate = await agent.gate();
  await expect(gate.getByText(/receipts\.json/u)).toBeVisible();
  await world.configure({ gate: { enabled: false } });
  // The file is watched from when the gate has painted; a PC that wakes up looks at it again.
  await expect
    .poll(async () => {
      await agent.app.evaluate(({ powerMonitor }) => powerMonitor.emit('unlock-screen'));
      return openings(agent);
    })
    .toEqual(['receipt', 'gate-disabled']);
});

test('damaged receipts are kept aside and mended from the outbox or the collector; nobody is asked twice', async ({
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

test('a policy that is damaged never opens the gate; the last good one is shown', async ({ world }) => {
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
  test(`the desktop is covered while an account is waited for that comes ${accountIsTold}`, async ({
    world,
  }) => {
    await world.script({ accountIsTold });
    const agent = await world.start();
    const gate = await agent.gate();
    expect(await openings(agent)).toEqual([]);
    await expect(gate.getByRole('button', { name: en.accept, exact: true })).toHaveCount(0);
    await world.script({ accountIsTold: 'at-once' });
    await expect(gate.getByRole('button', { name: en.accept, exact: true })).toBeVisible();
  });
}

test('with no readable policy at all the gate stays shut, says why, and mends itself when the file is', async ({
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
