/** A memory stick from plugging in to approval or removal: the real warning, a real desktop and a real collector. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, type Page } from '@playwright/test';
import { issuedOfflineCodeSchema } from '../../shared/console/offline-codes.ts';
import { pcPageSchema } from '../../shared/console/pcs.ts';
import type { Drive } from '../../shared/device/drive.ts';
import type { UsbDevice } from '../../shared/device/usb-device.ts';
import { mediaSeenDataSchema } from '../../shared/wire/media.ts';
import { makeDrive, makeUsbDevice, makeVolume } from '../fixtures/make-drive.ts';
import { signInByLink } from '../support/collector/console-client.ts';
import { exportedTexts } from '../support/collector/exported-texts.ts';
import { acceptAndContinue, pressLast } from '../support/e2e/answer.ts';
import { choose, trayLabels } from '../support/e2e/tray.ts';
import { type RunningAgent, test, type World } from '../support/e2e/world.ts';
import { ensureLogindPrograms, startPrivateLogind } from '../support/private-logind.ts';

const stick = makeUsbDevice();
const stickDrive = makeDrive({ volumes: [makeVolume({ mountPoints: ['E:\\'] })] });
const second = makeUsbDevice({
  port: '1-3',
  vendorId: '0951',
  productId: '1666',
  serial: { kind: 'absent', reason: 'the device gives none' },
  manufacturer: 'Kingston',
  productName: 'DataTraveler 3.0',
});
const secondDrive = makeDrive({
  key: 'sdc@14',
  usb: second,
  sizeBytes: 62_000_000_000,
  volumes: [makeVolume({ key: 'sdc1', encryption: 'cannot-tell', mountPoints: ['F:\\'] })],
});
const third = makeUsbDevice({
  port: '1-4',
  vendorId: '0951',
  productId: '1666',
  serial: { kind: 'given', text: '60A44C413A8CF320B9A5' },
  manufacturer: 'Kingston',
  productName: 'DataTraveler 3.0',
});
const thirdDrive = makeDrive({
  key: 'sdd@15',
  usb: third,
  vendor: 'Kingston',
  model: 'DataTraveler 3.0',
  serial: '60A44C413A8CF320B9A5',
  volumes: [makeVolume({ key: 'sdd1', mountPoints: ['G:\\'] })],
});

function plug(agent: RunningAgent, device: UsbDevice, drives: readonly Drive[]): Promise<void> {
  return agent.app.evaluate(
    (_electron, { device: plugged, drives: shown }) => {
      globalThis.removableMedia.usb.plug(plugged);
      globalThis.removableMedia.volumes.show(shown);
    },
    { device, drives },
  );
}

function pull(agent: RunningAgent, device: UsbDevice, drivesLeft: readonly Drive[]): Promise<void> {
  return agent.app.evaluate(
    (_electron, { key, drives }) => {
      globalThis.removableMedia.volumes.show(drives);
      globalThis.removableMedia.usb.pull(key);
    },
    { key: device.key, drives: drivesLeft },
  );
}

/** Unplugs a device whose card is on the screen. The card goes when the insertion has ended; the next is a new one. */
async function pullShown(agent: RunningAgent, device: UsbDevice): Promise<void> {
  await pull(agent, device, []);
  await gone(agent).toBe(true);
}

const warningOf = (agent: RunningAgent) => agent.pageOf('media-warning');

async function shownWarning(agent: RunningAgent): Promise<Page> {
  await expect.poll(() => warningOf(agent) !== undefined).toBe(true);
  const page = warningOf(agent);
  if (page === undefined) throw new Error('there is no warning');
  await expect(page.getByRole('heading', { level: 2 }).first()).toBeVisible();
  return page;
}

const gone = (agent: RunningAgent) => expect.poll(() => warningOf(agent) === undefined, { timeout: 20_000 });

async function startAndAccept(world: World): Promise<RunningAgent> {
  const agent = await world.start();
  await acceptAndContinue(await agent.gate());
  expect(await agent.opened()).toBe('receipt');
  await expect.poll(() => agent.pageOf('gate') === undefined).toBe(true);
  return agent;
}

interface StoredEvent {
  readonly type: string;
  readonly data: unknown;
}

async function storedEvents(world: World): Promise<readonly StoredEvent[]> {
  const texts = await exportedTexts(path.join(world.folder, 'collector'));
  return texts.map((text) => JSON.parse(text) as StoredEvent);
}

async function reportedMedia(world: World) {
  return (await storedEvents(world))
    .filter(({ type }) => type === 'porthor.media.seen.v1')
    .map(({ data }) => mediaSeenDataSchema.parse(data));
}

function press(page: Page, name: string): Promise<void> {
  return pressLast(page, () => page.getByRole('button', { name, exact: true }).dispatchEvent('click'));
}

test('the agent warns of a stick without taking the keyboard; the user asks, a technician approves, the warning goes', async ({
  world,
}) => {
  const agent = await startAndAccept(world);
  await plug(agent, stick, [stickDrive]);
  const warning = await shownWarning(agent);

  // By the accessibility tree, as a screen reader reads it.
  await expect(warning.getByRole('main')).toMatchAriaSnapshot(`
    - heading "Not safe for school work" [level=1]
    - alert: /SanDisk Cruzer Blade, 16 GB, drive E\\. Not protected with a password.*press Alt and Tab/
    - list:
      - listitem "SanDisk Cruzer Blade, 16 GB, drive E:":
        - heading "SanDisk Cruzer Blade, 16 GB, drive E:" [level=2]
        - list:
          - listitem:
            - strong: Not protected with a password (not encrypted)
            - text: If it were lost, anyone could read what is on it.
          - listitem:
            - strong: Not approved by your school
            - text: It is not on your school's list of approved devices.
        - button "Eject"
        - button "Ask for approval"
        - button "I have a code"
        - button "Scan for viruses"
    - region "Who to contact":
      - paragraph: Nia Huws, 01632 960123, nia@ysgol.example, Room 12
  `);
  await expect(warning.getByText('Nia Huws')).toBeVisible();
  const windowState = await agent.app.evaluate(({ BrowserWindow, screen }) => {
    const [window] = BrowserWindow.getAllWindows();
    if (window === undefined) throw new Error('no window');
    const { workArea } = screen.getDisplayNearestPoint(screen.getCursorScreenPoint());
    const bounds = window.getBounds();
    return {
      isFocused: window.isFocused(),
      isOnTop: window.isAlwaysOnTop(),
      isInside:
        bounds.x >= workArea.x &&
        bounds.y >= workArea.y &&
        bounds.x + bounds.width <= workArea.x + workArea.width &&
        bounds.y + bounds.height <= workArea.y + workArea.height,
    };
  });
  expect(windowState).toEqual({ isFocused: false, isOnTop: true, isInside: true });
  await world.screenshot('media-warning-en-GB', warning);

  await warning.getByRole('button', { name: 'Cymraeg' }).click();
  await expect(warning.getByRole('button', { name: 'Taflu allan', exact: true })).toBeVisible();
  await expect(warning.getByRole('button', { name: 'Gofyn am gymeradwyaeth', exact: true })).toBeVisible();
  await expect(warning.getByRole('button', { name: 'Cau', exact: true })).toBeVisible();
  await world.screenshot('media-warning-cy-GB', warning);
  await warning.getByRole('button', { name: 'English' }).click();

  await expect
    .poll(() => reportedMedia(world), { timeout: 15_000 })
    .toMatchObject([{ arrival: 'inserted', warned: true, encryption: 'not-encrypted', approved: false }]);

  await press(warning, 'Ask for approval');
  await warning.getByRole('textbox', { name: 'Why do you need it?' }).fill('Photos of the school trip');
  await world.screenshot('media-warning-asking', warning);
  await press(warning, 'Send');
  await expect(warning.getByText('Your school has your request.')).toBeVisible({ timeout: 15_000 });
  await world.screenshot('media-warning-asked', warning);

  const { mediaRegister } = world.collector();
  const [request] = await mediaRegister.listRequests(10);
  expect(request).toMatchObject({
    deviceName: 'SanDisk Cruzer Blade',
    reason: 'Photos of the school trip',
    account: 'YSGOL\\sprys',
    decision: 'open',
  });
  const approved = await mediaRegister.approve(request?.eventId ?? '', {
    label: 'Trip',
    issuedTo: '',
    expiresAt: undefined,
    wholeModel: false,
    decidedBy: 'Nia Huws',
  });
  expect(approved.ok).toBe(true);
  await expect(warning.getByText('Not approved by your school')).toHaveCount(0, { timeout: 30_000 });
  await expect(
    warning.getByText('Not protected with a password (not encrypted)', { exact: true }),
  ).toBeVisible();

  // The stick is encrypted now, so it has no problem left.
  await agent.app.evaluate(
    (_electron, drive) => globalThis.removableMedia.volumes.show([drive]),
    makeDrive({ volumes: [makeVolume({ mountPoints: ['E:\\'], encryption: 'encrypted' })] }),
  );
  await expect(warning.getByText('Your school has approved it. You can use it.')).toBeVisible();
  await world.screenshot('media-warning-approved', warning);
  await gone(agent).toBe(true);
  expect(await agent.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(0);
});

test('a code by telephone approves one stick of a PC that cannot reach the collector, and no other', async ({
  world,
}) => {
  await world.configure({ media: { requireEncryption: false } });
  const agent = await startAndAccept(world);
  const profile = path.join(world.folder, 'profile');
  await expect
    .poll(async () => JSON.stringify(await readStateFile(profile, 'offline-approvals.json')), {
      timeout: 15_000,
    })
    .toContain('"slot":7');
  await plug(agent, stick, [stickDrive]);
  await plug(agent, third, [stickDrive, thirdDrive]);
  const warning = await shownWarning(agent);
  const cardOf = (name: RegExp) => warning.getByRole('listitem', { name });
  const openForm = async (name: RegExp) => {
    await pressLast(warning, () =>
      cardOf(name).getByRole('button', { name: 'I have a code' }).dispatchEvent('click'),
    );
    return cardOf(name).locator('.spoken').innerText();
  };
  const deviceNumber = await openForm(/SanDisk/);

  const technician = await signInByLink(world.collector());
  const { items } = pcPageSchema.parse(await (await technician.ask('GET', '/api/pcs')).json());
  const [pc] = items;
  if (pc === undefined) throw new Error('the collector knows no PC');
  const issued = await technician.ask('POST', `/api/pcs/${pc.agentId}/offline-codes`, {
    deviceNumber: deviceNumber.replace('-', ' ').toLowerCase(),
    days: 1,
    reason: 'Field trip',
  });
  const { code } = issuedOfflineCodeSchema.parse(await issued.json());
  await world.stopCollector();

  // The code for the first stick, typed for the other one.
  expect(await openForm(/Kingston/)).not.toBe(deviceNumber);
  const useCode = async (name: RegExp) => {
    await cardOf(name).getByRole('textbox').fill(code);
    await cardOf(name).getByRole('textbox').press('Enter');
  };
  await useCode(/Kingston/);
  await expect(cardOf(/Kingston/).getByText('This code is for another device.')).toBeVisible();
  await world.screenshot('media-warning-code-refused', warning);
  await useCode(/SanDisk/);
  await expect(cardOf(/SanDisk/).getByText('Your school has approved it. You can use it.')).toBeVisible();
  await world.screenshot('media-warning-code-approved', warning);
  await useCode(/Kingston/);
  await expect(cardOf(/Kingston/).getByText('This code has been used already.')).toBeVisible();
  await expect(cardOf(/Kingston/).getByText('Not approved by your school')).toBeVisible();
});

test('one warning lists several sticks; each is ejected or refuses; the tray lists them all', async ({
  world,
}) => {
  const agent = await startAndAccept(world);
  await plug(agent, stick, [stickDrive]);
  await plug(agent, second, [stickDrive, secondDrive]);
  const warning = await shownWarning(agent);
  await expect(warning.getByRole('heading', { level: 2 })).toHaveText([
    'SanDisk Cruzer Blade, 16 GB, drive E:',
    'Kingston DataTraveler 3.0, 62 GB, drive F:',
    'Who to contact',
  ]);
  await world.screenshot('media-warning-two', warning);
  expect(agent.app.windows().filter((page) => page.url().includes('media-warning'))).toHaveLength(1);

  await agent.app.evaluate(() =>
    globalThis.removableMedia.eject.refuseWith({ kind: 'in-use', reason: 'a document is open' }),
  );
  const first = warning.getByRole('listitem', { name: /SanDisk/ });
  await first.getByRole('button', { name: 'Eject' }).dispatchEvent('click');
  await expect(first.getByText('a program is still using it')).toBeVisible();
  await agent.app.evaluate(() => globalThis.removableMedia.eject.refuseWith(undefined));
  await first.getByRole('button', { name: 'Eject' }).dispatchEvent('click');
  await expect(first.getByText('You can take it out now.')).toBeVisible();
  await world.screenshot('media-warning-ejected', warning);

  await expect
    .poll(() => trayLabels(agent, 'Plugged in now'))
    .toEqual([
      'Kingston DataTraveler 3.0, 62 GB, drive F: – cannot tell whether it is encrypted, not approved',
    ]);
  await press(warning, 'Close');
  await gone(agent).toBe(true);
  await choose(agent, 'Show the warning');
  const again = await shownWarning(agent);
  await expect(again.getByRole('heading', { level: 2 }).first()).toHaveText(/Kingston/);
  await pullShown(agent, second);
});

test('the agent shows a refusal to the user who asked, on the screen and in the tray', async ({ world }) => {
  const agent = await startAndAccept(world);
  await plug(agent, stick, [stickDrive]);
  const warning = await shownWarning(agent);
  await press(warning, 'Ask for approval');
  await warning.getByRole('textbox').fill('Photos of the school trip');
  await press(warning, 'Send');
  await expect(warning.getByText('Your school has your request.')).toBeVisible({ timeout: 15_000 });
  await press(warning, 'Close');
  await gone(agent).toBe(true);

  const { mediaRegister } = world.collector();
  const [request] = await mediaRegister.listRequests(10);
  const refusal = { decidedBy: 'Nia Huws', reason: 'Please take one from the office.' };
  expect(await mediaRegister.refuse(request?.eventId ?? '', refusal)).toBe(true);

  // The agent shows the answer without any action of the user.
  await expect.poll(() => warningOf(agent) !== undefined, { timeout: 45_000 }).toBe(true);
  const answered = await shownWarning(agent);
  const card = answered.getByRole('listitem', { name: /SanDisk/ });
  await expect(card.getByRole('status')).toContainText(
    /Your request was refused by Nia Huws on \d+ \w+ \d{4}\./,
  );
  await expect(card.getByRole('status')).toContainText('Reason: Please take one from the office.');
  await expect(card.getByRole('button', { name: 'Ask again' })).toBeVisible();
  await world.screenshot('media-warning-refused-en-GB', answered);
  await answered.getByRole('button', { name: 'Cymraeg' }).click();
  await expect(card.getByRole('status')).toContainText('Gwrthodwyd eich cais gan Nia Huws ar ');
  await world.screenshot('media-warning-refused-cy-GB', answered);
  await answered.getByRole('button', { name: 'English' }).click();

  await pullShown(agent, stick);
  await expect
    .poll(() => trayLabels(agent, "Your school's answers"))
    .toEqual([
      expect.stringMatching(
        /^SanDisk Cruzer Blade, 16 GB – refused by Nia Huws, .* \d{4}: Please take one from the office\.$/,
      ),
    ]);
});

test('the agent does not warn of the same stick twice within the hour', async ({ world }) => {
  // To the agent a clock that jumps by an hour would be an hour without a movement.
  await world.configure({ idle: { enabled: false } });
  const agent = await startAndAccept(world);
  const ahead = (ms: number) =>
    agent.app.evaluate((_electron, more) => {
      globalThis.clockAheadMs += more;
    }, ms);
  await plug(agent, stick, [stickDrive]);
  await shownWarning(agent);
  await expect.poll(async () => (await reportedMedia(world)).length, { timeout: 15_000 }).toBe(1);
  await pullShown(agent, stick);
  await ahead(60_000);
  await plug(agent, stick, [stickDrive]);
  await expect
    .poll(async () => (await reportedMedia(world)).map(({ warned }) => warned), { timeout: 15_000 })
    .toEqual([true, false]);
  expect(warningOf(agent)).toBeUndefined();
  await choose(agent, 'Show the warning');
  await shownWarning(agent);
  await pullShown(agent, stick);
  await ahead(3_600_000);
  await plug(agent, stick, [stickDrive]);
  await shownWarning(agent);
});

test('in audit mode the agent reports devices, also those from before the login, and shows nothing', async ({
  world,
}) => {
  await world.configure({ media: { mode: 'audit' } });
  const agent = await world.start();
  const gate = await agent.gate();
  await plug(agent, stick, [stickDrive]);
  await acceptAndContinue(gate);
  expect(await agent.opened()).toBe('receipt');
  await expect
    .poll(() => reportedMedia(world), { timeout: 15_000 })
    .toMatchObject([{ mode: 'audit', warned: false, problems: ['not-encrypted', 'not-approved'] }]);
  expect(warningOf(agent)).toBeUndefined();
});

test('the agent warns only after the gate is open, and knows an approved stick without the network', async ({
  world,
}) => {
  await world.collector().mediaRegister.add({
    vendorId: '0951',
    productId: '1666',
    serial: undefined,
    label: 'All of these',
    issuedTo: '',
    expiresAt: undefined,
  });
  const first = await startAndAccept(world);
  const copy = path.join(world.folder, 'profile');
  await expect
    .poll(async () => JSON.stringify(await readStateFile(copy, 'media-register.json')), { timeout: 15_000 })
    .toContain('All of these');
  await first.close();
  await world.stopCollector();

  await world.configure({ media: { requireEncryption: false } });
  await world.publish({ version: '2099.1', material: true });
  await world.script({ loginId: 'login-2' });
  const agent = await world.start();
  const gate = await agent.gate();
  await plug(agent, stick, [stickDrive, secondDrive]);
  await plug(agent, second, [stickDrive, secondDrive]);
  // Once the tray lists them, the agent has decided whether to warn.
  await expect.poll(() => trayLabels(agent, 'Plugged in now')).toHaveLength(2);
  expect(warningOf(agent)).toBeUndefined();
  await acceptAndContinue(gate);
  expect(await agent.opened()).toBe('receipt');
  const warning = await shownWarning(agent);
  await expect(warning.getByRole('heading', { level: 2 })).toHaveText([/SanDisk/, 'Who to contact']);
  await press(warning, 'Ask for approval');
  await warning.getByRole('textbox').fill('Lesson');
  await press(warning, 'Send');
  await expect(warning.getByText('Your request is kept on this computer.')).toBeVisible();
});

async function readStateFile(profile: string, name: string): Promise<unknown> {
  const { readdir } = await import('node:fs/promises');
  const files = await readdir(profile, { recursive: true }).catch(() => []);
  const found = files.find((file) => path.basename(file) === name);
  return found === undefined ? undefined : JSON.parse(await readFile(path.join(profile, found), 'utf8'));
}

test('a stick that another user plugs in counts as present when the session comes back to the front', async ({
  world,
}) => {
  await ensureLogindPrograms();
  const logind = await startPrivateLogind();
  try {
    const session = await logind.addSession('c1', process.getuid?.() ?? -1);
    await world.script({ realLogind: true });
    await world.configure({ gate: { enabled: false } });
    const agent = await world.start({ env: { ...logind.environment, XDG_SESSION_ID: 'c1' } });
    await agent.opened();
    await plug(agent, second, [secondDrive]);
    await press(await shownWarning(agent), 'Close');
    await gone(agent).toBe(true);
    await logind.setActive(session, false);
    await plug(agent, stick, [secondDrive, stickDrive]);
    // The prewarmed window goes when the session turns out to be in the background.
    await expect
      .poll(() => agent.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length))
      .toBe(0);
    await logind.setActive(session, true);
    await agent.app.evaluate(({ powerMonitor }) => powerMonitor.emit('unlock-screen'));
    await shownWarning(agent);
    await expect
      .poll(() => reportedMedia(world), { timeout: 20_000 })
      .toMatchObject([
        { device: { vendorId: '0951' } },
        { device: { vendorId: '0781' }, arrival: 'present', warned: true },
      ]);
  } finally {
    await logind.stop();
  }
});
