import { describe, expect, it } from 'vitest';
import type { UsbDevice } from '../../../shared/device/usb-device.ts';
import { createFakeRemovableMedia } from '../../fakes/platform/fake-removable-media.ts';
import { makeDrive, makeUsbDevice } from '../../fixtures/make-drive.ts';

describe('the fake of removable media', () => {
  it('reports arrivals and departures until the test stops the watch', async () => {
    const { usb } = createFakeRemovableMedia();
    const told: string[] = [];
    const note = (word: string) => (device: UsbDevice) => {
      told.push(`${word} ${device.key}`);
    };
    const stop = await usb.watch({ onArrived: note('arrived'), onDeparted: note('departed') });
    if (!stop.ok) throw new Error(stop.error.reason);
    const device = makeUsbDevice();
    usb.plug(device);
    expect(await usb.list()).toEqual({ ok: true, value: [device] });
    usb.pull(device.key);
    usb.pull(device.key);
    await stop.value();
    await stop.value();
    usb.plug(device);
    expect(told).toEqual([`arrived ${device.key}`, `departed ${device.key}`]);
    expect(usb.listeners()).toBe(0);
  });

  it('removes a drive when it is ejected, and keeps it when the fake refuses', async () => {
    const { volumes, eject } = createFakeRemovableMedia();
    const drive = makeDrive();
    volumes.show([drive]);
    eject.refuseWith({ kind: 'in-use', reason: 'a document is open' });
    expect(await eject.eject(drive)).toMatchObject({ ok: false, error: { kind: 'in-use' } });
    expect(await volumes.list()).toEqual({ ok: true, value: [drive] });
    eject.refuseWith(undefined);
    expect(await eject.eject(drive)).toEqual({ ok: true, value: 'ejected' });
    expect(await volumes.list()).toEqual({ ok: true, value: [] });
    expect(eject.asked()).toEqual([drive.key, drive.key]);
  });

  it('scans the given drive, and says when there is no scanner', async () => {
    const { antiVirus } = createFakeRemovableMedia();
    antiVirus.answerWith({ ok: true, value: 'something-found' });
    const scan = await antiVirus.scan('E:\\');
    if (!scan.ok) throw new Error(scan.error.reason);
    expect(await scan.value.outcome).toEqual({ ok: true, value: 'something-found' });
    antiVirus.answerWith({ ok: false, error: { kind: 'none', reason: 'no anti-virus' } });
    expect(await antiVirus.scan('E:\\')).toMatchObject({ ok: false, error: { kind: 'none' } });
    expect(antiVirus.scanned()).toEqual(['E:\\']);
  });
});
