import { describe, expect, it } from 'vitest';
import { gatherDevices } from '../../../../../electron/domain/media/gather-devices.ts';
import { makeDrive, makeUsbDevice, makeVolume } from '../../../../fixtures/make-drive.ts';

const all = { includePortableDevices: true, includeOptical: true };
const interfaceOf = (classCode: number, subclassCode = 0, protocolCode = 0) => ({
  classCode,
  subclassCode,
  protocolCode,
});

describe('the gathered devices', () => {
  it('join a stick with its drive and name it once', () => {
    const [device, ...others] = gatherDevices([makeUsbDevice()], [makeDrive()], all);
    expect(others).toEqual([]);
    expect(device).toMatchObject({
      key: 'usb 1-2#7',
      kind: 'stick',
      name: 'SanDisk Cruzer Blade',
      serial: '4C530001230711104295',
      sizeBytes: 16_008_609_792,
      driveKeys: ['sdb@12'],
      isReady: true,
    });
  });

  it.each([
    ['a keyboard', [interfaceOf(3, 1, 1)]],
    ['a mouse', [interfaceOf(3, 1, 2)]],
    ['a hub', [interfaceOf(9)]],
    ['a webcam', [interfaceOf(14, 1), interfaceOf(14, 2), interfaceOf(1, 1)]],
    ['a network adapter', [interfaceOf(255, 255)]],
    ['a printer', [interfaceOf(7, 1, 2)]],
    ['something without interfaces', []],
  ])('leave out %s', (_name, interfaces) => {
    expect(gatherDevices([makeUsbDevice({ interfaces })], [], all)).toEqual([]);
  });

  it('leave out built-in disks, whatever names they report, and drives whose bus is unknown', () => {
    const drives = [
      makeDrive({ bus: 'internal', usb: undefined }),
      makeDrive({ bus: 'unknown', usb: undefined, key: 'vda' }),
    ];
    expect(gatherDevices([], drives, all)).toEqual([]);
  });

  it('wait for the drive of a stick that has just arrived', () => {
    expect(gatherDevices([makeUsbDevice()], [], all)).toMatchObject([{ isReady: false, volumes: [] }]);
    expect(
      gatherDevices([makeUsbDevice()], [makeDrive({ hasMedium: false, volumes: [] })], all),
    ).toMatchObject([{ isReady: false }]);
  });

  it('include a stick without its drives where the drives cannot be listed', () => {
    expect(gatherDevices([makeUsbDevice()], undefined, all)).toMatchObject([{ isReady: true, volumes: [] }]);
  });

  it('include a stick by its drive alone where the bus cannot be listed', () => {
    expect(gatherDevices([], [makeDrive()], all)).toMatchObject([
      { key: 'port 1-2', name: 'SanDisk Cruzer Blade' },
    ]);
  });

  it('keep two sticks with one serial number apart, with ports and without', () => {
    const devices = [makeUsbDevice(), makeUsbDevice({ port: '1-3' })];
    const drivesAt = (ports: readonly string[]) =>
      ports.map((port, index) => makeDrive({ key: `sd${index}`, usb: { ...makeUsbDevice(), port } }));
    expect(gatherDevices(devices, drivesAt(['1-2', '1-3']), all).map(({ driveKeys }) => driveKeys)).toEqual([
      ['sd0'],
      ['sd1'],
    ]);
    const guessing = gatherDevices(devices, drivesAt(['', '']), all).filter(({ isReady }) => isReady);
    expect(guessing.map(({ driveKeys }) => driveKeys)).toEqual([['sd0'], ['sd1']]);
  });

  it('count a card reader with two cards, and a stick with a part like a CD, as one device each', () => {
    const usbDevice = makeUsbDevice();
    const burnt = makeDrive({ key: 'sr0', kind: 'optical', volumes: [makeVolume({ key: 'sr0' })] });
    const [device] = gatherDevices([usbDevice], [makeDrive(), burnt], all);
    expect(device?.kind).toBe('stick');
    expect(device?.volumes.map(({ isBurntIn }) => isBurntIn)).toEqual([false, true]);
    expect(device?.sizeBytes).toBe(16_008_609_792);
  });

  it('include phones and discs only where the settings ask for them', () => {
    const phone = makeUsbDevice({ interfaces: [interfaceOf(6, 1, 1)] });
    const disc = makeDrive({ bus: 'internal', kind: 'optical', usb: undefined, key: 'sr0' });
    const card = makeDrive({ bus: 'sd', usb: undefined, key: 'mmcblk0', vendor: '', model: 'SU16G' });
    expect(gatherDevices([phone], [disc, card], all).map(({ kind }) => kind)).toEqual([
      'disc',
      'card',
      'portable-device',
    ]);
    const none = { includePortableDevices: false, includeOptical: false };
    expect(gatherDevices([phone], [disc, card], none).map(({ kind }) => kind)).toEqual(['card']);
    const usbDisc = makeDrive({ kind: 'optical', key: 'sr1' });
    expect(gatherDevices([makeUsbDevice()], [usbDisc], none)).toEqual([]);
  });
});
