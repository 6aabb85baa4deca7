import { describe, expect, it, vi } from 'vitest';
import { ejectDrive } from '../../../../../electron/platform/volumes/eject.win32.ts';
import type { Storage } from '../../../../../electron/platform/volumes/storage.win32.ts';
import { createWindowsVolumesPort } from '../../../../../electron/platform/volumes/volumes.win32.ts';
import { createFakeClock } from '../../../../fakes/platform/fake-clock.ts';
import { createFakeRemovableMedia } from '../../../../fakes/platform/fake-removable-media.ts';
import { createFakeStorage, type FakeDisk } from '../../../../fakes/platform/fake-storage.ts';
import { makeDrive, makeVolume } from '../../../../fixtures/make-drive.ts';

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
  createBitLockerReader: () => () => windowsNow.bitLocker,
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
  ])('%s', (_name, disks, letGo) => {
    const windows = createFakeStorage();
    windows.show(disks);
    expect(ejectDrive(windows.storage, driveOf(stick))).toEqual({ ok: true, value: 'ejected' });
    expect(windows.letGo()).toEqual([letGo]);
  });

  it('reports that a drive is gone, and ejects no other drive', () => {
    const windows = createFakeStorage();
    windows.show([other]);
    expect(ejectDrive(windows.storage, driveOf(stick))).toMatchObject({ ok: false, error: { kind: 'gone' } });
    expect(windows.letGo()).toEqual([]);
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
    const port = createWindowsVolumesPort(clock, createFakeRemovableMedia().usb, 'C:');
    await port.list();
    const toldAt: number[] = [];
    const watch = await port.watch(() => toldAt.push(clock.monotonicMs() / 1000));
    if (!watch.ok) throw new Error(watch.error.reason);
    for (let second = 0; second < seconds; second += 1) {
      const before = toldAt.length;
      clock.advance(1000);
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
