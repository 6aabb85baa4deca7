import { describe, expect, it } from 'vitest';
import { ejectDrive } from '../../../electron/platform/volumes/eject.win32.ts';
import { createFakeStorage, type FakeDisk } from '../../fakes/platform/fake-storage.ts';
import { makeDrive, makeVolume } from '../../fixtures/make-drive.ts';

const stick: FakeDisk = {
  deviceNumber: 2,
  letter: 'E',
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

describe('what is ejected on Windows', () => {
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

  it('says that a drive is not there any more, and lets go of nothing else', () => {
    const windows = createFakeStorage();
    windows.show([other]);
    expect(ejectDrive(windows.storage, driveOf(stick))).toMatchObject({ ok: false, error: { kind: 'gone' } });
    expect(windows.letGo()).toEqual([]);
  });
});
