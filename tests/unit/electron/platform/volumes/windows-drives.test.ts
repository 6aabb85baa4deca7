import { describe, expect, it, vi } from 'vitest';
import { createPoolThreads } from '../../../../../electron/platform/native/pool-threads.ts';
import { createDriveTurns } from '../../../../../electron/platform/volumes/drive-turns.ts';
import { ejectDrive } from '../../../../../electron/platform/volumes/eject.win32.ts';
import type { Storage } from '../../../../../electron/platform/volumes/storage.win32.ts';
import { createWindowsVolumesPort } from '../../../../../electron/platform/volumes/volumes.win32.ts';
import { createFakeClock } from '../../../../fakes/platform/fake-clock.ts';
import { createFakeRemovableMedia } from '../../../../fakes/platform/fake-removable-media.ts';
import { createFakeStorage, type FakeDisk } from '../../../../fakes/platform/fake-storage.ts';
import { makeDrive, makeVolume } from '../../../../fixtures/make-drive.ts';
import { drainMicrotasks } from '../../../../support/drain-microtasks.ts';

const windowsNow = vi.hoisted((): { storage: unknown; bitLocker: number } => ({
  storage: undefined,
  bitLocker: 0,
}));
vi.mock('../../../../../electron/platform/native/native.win32.ts', () => ({
  loadNative: () => Promise.resolve({ ok: true, value: {} }),
}));
vi.mock(import('../../../../../electron/platform/volumes/storage.win32.ts'), async (original) => ({
  ...(await original()),
  createStorage: () => windowsNow.storage as Storage,
}));
vi.mock('../../../../../electron/platform/volumes/shell-property.win32.ts', () => ({
  createBitLockerReader: () => () => Promise.resolve(windowsNow.bitLocker),
}));

const stick: FakeDisk = {
  deviceNumber: 2,
  letter: 'E',
  fileSystem: 'FAT32',
  busType: 7,
  usbInstanceId: 'USB\\VID_0781&PID_5567\\4C530001230711104295',
  isRemovable: true,
  removalPolicy: 3,
};
const other: FakeDisk = {
  ...stick,
  deviceNumber: 3,
  letter: 'F',
  usbInstanceId: 'USB\\VID_0951&PID_160D\\A1',
};
const driveOf = ({ deviceNumber, letter }: FakeDisk) =>
  makeDrive({
    key: `disk ${deviceNumber}`,
    volumes: [makeVolume({ key: `${letter}:`, mountPoints: [`${letter}:\\`] })],
  });
const wholeDevice = `device ${stick.usbInstanceId}`;
const makeOptions = () => ({ clock: createFakeClock(), turns: createDriveTurns(createPoolThreads()) });

describe('an eject on Windows', () => {
  it.each([
    ['a stick goes as a whole', [stick, other], wholeDevice],
    [
      'a disk that is no medium too, whatever Windows expects',
      [{ ...stick, isRemovable: false, removalPolicy: 0 }],
      wholeDevice,
    ],
    [
      'both disks of a dock, whose media do not come out',
      [stick, { ...stick, deviceNumber: 3, letter: 'F' }].map((disk) => ({ ...disk, isRemovable: false })),
      wholeDevice,
    ],
    ['a built-in card reader stays, its card comes out', [{ ...stick, removalPolicy: 1 }], 'medium E'],
    [
      'a thing of which Windows does not say that it can be pulled stays',
      [{ ...stick, removalPolicy: 0 }],
      'medium E',
    ],
    [
      'a reader with two cards keeps the other one',
      [stick, { ...stick, deviceNumber: 3, letter: 'F' }],
      'medium E',
    ],
  ])('%s', async (_name, disks, letGo) => {
    const windows = createFakeStorage();
    windows.show(disks);
    const ejected = await ejectDrive(windows.storage, driveOf(stick), makeOptions());
    expect(ejected).toEqual({ ok: true, value: 'ejected' });
    expect(windows.letGo()).toEqual([letGo]);
  });

  it('reports that a drive is gone, and ejects no other drive', async () => {
    const windows = createFakeStorage();
    windows.show([other]);
    const ejected = await ejectDrive(windows.storage, driveOf(stick), makeOptions());
    expect(ejected).toMatchObject({ ok: false, error: { kind: 'gone' } });
    expect(windows.letGo()).toEqual([]);
  });

  it('waits until the questions of the agent to the drive are answered', async () => {
    const windows = createFakeStorage();
    windows.show([stick]);
    const options = makeOptions();
    let answer = () => {};
    const question = options.turns.run(
      [stick.letter],
      () =>
        new Promise<void>((resolve) => {
          answer = resolve;
        }),
    );
    const ejecting = ejectDrive(windows.storage, driveOf(stick), options);
    await drainMicrotasks();
    expect(windows.letGo()).toEqual([]);
    answer();
    await question;
    expect(await ejecting).toEqual({ ok: true, value: 'ejected' });
  });

  it('ends after its deadline where the drive does not answer, and leaves no timer', async () => {
    const windows = createFakeStorage();
    windows.show([stick, other]);
    windows.hold(stick);
    const options = makeOptions();
    const ejecting = ejectDrive(windows.storage, driveOf(stick), options);
    await drainMicrotasks();
    options.clock.advance(20_000);
    expect(await ejecting).toEqual({
      ok: false,
      error: { kind: 'failed', reason: 'the drive does not answer' },
    });
    expect(options.clock.pendingTimers()).toBe(0);
  });

  it('never takes a whole reader while another disk does not say where it belongs', async () => {
    const windows = createFakeStorage();
    windows.show([stick, { ...other, usbInstanceId: stick.usbInstanceId }]);
    windows.hold(other);
    const options = makeOptions();
    const ejecting = ejectDrive(windows.storage, driveOf(stick), options);
    await drainMicrotasks();
    options.clock.advance(5000);
    expect(await ejecting).toEqual({ ok: true, value: 'ejected' });
    expect(windows.letGo()).toEqual(['medium E']);
  });
});

/** The numbers of the Windows shell. */
const bitLocker = { on: 1, off: 2, locked: 6, unheardOf: 99 } as const;

describe('a watch on Windows', () => {
  const builtIn: FakeDisk = {
    ...other,
    busType: 11,
    usbInstanceId: '',
    isRemovable: false,
    removalPolicy: 1,
  };

  /** Lists after each change that the watch reports, like the agent. Returns the seconds after which each change came. */
  async function followFor(seconds: number, disks: readonly FakeDisk[], protection: () => number) {
    const fake = createFakeStorage();
    fake.show(disks);
    windowsNow.storage = fake.storage;
    windowsNow.bitLocker = protection();
    const clock = createFakeClock();
    const port = createWindowsVolumesPort({
      clock,
      usb: createFakeRemovableMedia().usb,
      turns: createDriveTurns(createPoolThreads()),
      systemDrive: 'C:',
    });
    await port.list();
    const toldAt: number[] = [];
    const watch = await port.watch(() => toldAt.push(clock.monotonicMs() / 1000));
    if (!watch.ok) throw new Error(watch.error.reason);
    for (let second = 0; second < seconds; second += 1) {
      const before = toldAt.length;
      clock.advance(1000);
      await drainMicrotasks();
      windowsNow.bitLocker = protection();
      if (toldAt.length > before) await port.list();
    }
    await watch.value();
    expect(clock.pendingTimers()).toBe(0);
    return toldAt;
  }

  it.each([
    ['not encrypted', bitLocker.off, [30, 60, 90]],
    ['of an unknown kind', bitLocker.unheardOf, [30, 60, 90]],
    ['encrypted and open', bitLocker.on, []],
  ])('checks an open stick now and then: one that is %s', async (_name, protection, toldAt) => {
    expect(await followFor(100, [stick, builtIn], () => protection)).toEqual(toldAt);
  });

  it('checks a drive often while it waits for its password', async () => {
    expect(await followFor(20, [{ ...stick, fileSystem: '' }], () => bitLocker.locked)).toEqual([6, 12, 18]);
  });

  it('stops its checks once the stick is encrypted', async () => {
    let looks = 0;
    const protection = () => {
      looks += 1;
      return looks < 40 ? bitLocker.off : bitLocker.on;
    };
    expect(await followFor(200, [stick], protection)).toEqual([30, 60]);
  });

  it('never checks built-in disks, encrypted or not', async () => {
    expect(await followFor(100, [builtIn], () => bitLocker.off)).toEqual([]);
  });
});

describe('a drive that does not answer', () => {
  function openPort(disks: readonly FakeDisk[]) {
    const fake = createFakeStorage();
    fake.show(disks);
    windowsNow.storage = fake.storage;
    windowsNow.bitLocker = bitLocker.off;
    const clock = createFakeClock();
    const media = createFakeRemovableMedia();
    const turns = createDriveTurns(createPoolThreads());
    const port = createWindowsVolumesPort({ clock, usb: media.usb, turns, systemDrive: 'C:' });
    /** Lists, and lets the drives that do not answer reach their deadlines. */
    const list = async (): Promise<readonly string[]> => {
      const listing = port.list();
      await drainMicrotasks();
      clock.advance(5000);
      const listed = await listing;
      if (!listed.ok) throw new Error(listed.error.reason);
      return listed.value.flatMap(({ volumes }) => volumes.map(({ key }) => key));
    };
    return { fake, clock, port, list };
  }

  it('keeps no other drive from being listed, and the agent says that it does not answer', async () => {
    const { fake, port, list } = openPort([stick, other]);
    fake.hold(stick);
    expect(await list()).toEqual(['F:']);
    expect(port.capability()).toEqual({
      name: 'volumes',
      level: 'degraded',
      reason: 'drive E: does not answer',
    });
  });

  it('is asked no second time while it holds the first question', async () => {
    const { fake, list } = openPort([stick]);
    fake.hold(stick);
    await list();
    const waiting = fake.waiting();
    await list();
    await list();
    expect(fake.waiting()).toBe(waiting);
  });

  it('stays in the list as it was before', async () => {
    const { fake, list } = openPort([stick, other]);
    expect(await list()).toEqual(['E:', 'F:']);
    fake.hold(stick);
    expect(await list()).toEqual(['E:', 'F:']);
  });

  it('leaves the list when it is pulled out, and another one under its letter is asked again', async () => {
    const { fake, list } = openPort([stick]);
    await list();
    const answer = fake.hold(stick);
    await list();
    fake.show([other]);
    expect(await list()).toEqual(['F:']);
    answer();
    await drainMicrotasks();
    fake.show([{ ...other, letter: 'E' }]);
    expect(await list()).toEqual(['E:']);
  });

  it('is reported when its late answer comes, and that answer is used', async () => {
    const { fake, clock, port, list } = openPort([stick]);
    let hints = 0;
    const watching = port.watch(() => {
      hints += 1;
    });
    const watch = await watching;
    if (!watch.ok) throw new Error(watch.error.reason);
    const answer = fake.hold(stick);
    expect(await list()).toEqual([]);
    hints = 0;
    answer();
    await drainMicrotasks();
    expect(hints).toBeGreaterThan(0);
    const described = fake.describedCount();
    expect(await list()).toEqual(['E:']);
    expect(fake.describedCount()).toBe(described);
    expect(port.capability()).toMatchObject({ level: 'full' });
    await watch.value();
    expect(clock.pendingTimers()).toBe(0);
  });

  it('does not stop the watch: another stick is noticed meanwhile', async () => {
    const { fake, clock, port } = openPort([stick]);
    fake.hold(stick);
    const watching = port.watch(() => toldAt.push(clock.monotonicMs()));
    const toldAt: number[] = [];
    await drainMicrotasks();
    clock.advance(1000);
    const watch = await watching;
    if (!watch.ok) throw new Error(watch.error.reason);
    fake.show([stick, other]);
    for (let step = 0; step < 4; step += 1) {
      clock.advance(1000);
      await drainMicrotasks();
    }
    expect(toldAt.length).toBeGreaterThan(0);
    await watch.value();
  });
});

describe('an NVMe drive on Windows', () => {
  // CM_REMOVAL_POLICY (cfgmgr32.h), as Windows sets it by default.
  it.each([
    ['that never comes out is built in', 1, 'internal'],
    ['in a slot that can be hot-plugged, where Windows wants to be asked first, is built in', 2, 'internal'],
    ['behind Thunderbolt or USB4, which may be pulled out at any time, is external', 3, 'usb4'],
    ['of which Windows does not say it is built in', 0, 'internal'],
  ])('%s', async (_which, removalPolicy, bus) => {
    const fake = createFakeStorage();
    const usbInstanceId = 'SCSI\\DISK&VEN_NVME&PROD_SAMSUNG\\5&1';
    fake.show([{ ...stick, letter: 'D', busType: 17, usbInstanceId, isRemovable: false, removalPolicy }]);
    windowsNow.storage = fake.storage;
    windowsNow.bitLocker = bitLocker.off;
    const port = createWindowsVolumesPort({
      ...makeOptions(),
      usb: createFakeRemovableMedia().usb,
      systemDrive: 'C:',
    });
    expect(await port.list()).toMatchObject({ ok: true, value: [{ bus }] });
  });
});
