import { describe, expect, it } from 'vitest';
import { describeByOpening } from '../../../../../electron/platform/usb/parse-usb-device.ts';
import { createUsbPackagePort, type UsbPackage } from '../../../../../electron/platform/usb/usb-package.ts';
import type { UsbPort } from '../../../../../electron/platform/usb/usb-port.ts';
import { createFakeClock } from '../../../../fakes/platform/fake-clock.ts';

interface RawDevice {
  readonly handle: string;
  readonly address: number;
  readonly ports: readonly number[];
  readonly serialNumber?: string | undefined;
  readonly configuration?: unknown;
}

const massStorage = {
  interfaces: [{ alternate: { interfaceClass: 8, interfaceSubclass: 6, interfaceProtocol: 80 } }],
};

/** The native half of the package: a bus that the test plugs devices into. */
function createBus() {
  const present = new Map<string, unknown>();
  const subscriptions = new Set<{ attached: (raw: unknown) => void; detached: (handle: string) => void }>();
  let failure: Error | undefined;
  const native: UsbPackage = {
    getDevices: () =>
      failure === undefined ? Promise.resolve([...present.values()]) : Promise.reject(failure),
    subscribe: (attached, detached) => {
      subscriptions.add({ attached, detached });
      return Promise.resolve();
    },
    unsubscribe: () => {
      subscriptions.clear();
      return Promise.resolve();
    },
  };
  return {
    native,
    subscriptions,
    put: (device: RawDevice) => {
      present.set(device.handle, { vendorId: 0x0781, productId: 0x5567, bus: '001', ...device });
    },
    take: (handle: string) => present.delete(handle),
    tellAttached: (handle: string) => {
      for (const { attached } of subscriptions) attached(present.get(handle));
    },
    tellDetached: (handle: string) => {
      for (const { detached } of subscriptions) detached(handle);
    },
    fail: (error: Error | undefined) => {
      failure = error;
    },
  };
}

function createPort(
  bus: ReturnType<typeof createBus>,
  changes: { absence?: string; load?: () => Promise<UsbPackage> } = {},
) {
  const clock = createFakeClock();
  let further = 0;
  const port = createUsbPackagePort({
    clock,
    load: changes.load ?? (() => Promise.resolve(bus.native)),
    describe: describeByOpening,
    absence: () => changes.absence,
    shortfall: () => undefined,
    watchFurther: () => {
      further += 1;
      return () => {
        further -= 1;
      };
    },
  });
  return { port, clock, further: () => further };
}

async function watch(port: UsbPort) {
  const told: string[] = [];
  const answer = await port.watch({
    onArrived: ({ port: at, interfaces }) => told.push(`+${at}${interfaces.length === 0 ? ' bare' : ''}`),
    onDeparted: ({ port: at }) => told.push(`-${at}`),
  });
  if (!answer.ok) throw new Error(answer.error.reason);
  // A list waits for everything that started before it.
  const settle = async () => {
    await port.list();
    await port.list();
  };
  await settle();
  return { told, stop: answer.value, settle };
}

const stick = (number: number, port = number): RawDevice => ({
  handle: `DeviceId(${number})`,
  address: number,
  ports: [port],
  serialNumber: `SERIAL${number}`,
  configuration: massStorage,
});

describe('the USB port on the package', () => {
  it('reports each arrival and departure once, however often the package does', async () => {
    const bus = createBus();
    const { port } = createPort(bus);
    bus.put(stick(1));
    const { told, stop, settle } = await watch(port);
    bus.put(stick(2));
    bus.tellAttached('DeviceId(2)');
    bus.tellAttached('DeviceId(2)');
    await settle();
    bus.take('DeviceId(2)');
    bus.tellDetached('DeviceId(2)');
    bus.tellDetached('DeviceId(2)');
    await settle();
    expect(told).toEqual(['+1-2', '-1-2']);
    await stop();
  });

  it('finds an event that the package did not report, at the next event', async () => {
    const bus = createBus();
    const { port } = createPort(bus);
    const { told, stop, settle } = await watch(port);
    bus.put(stick(3));
    bus.put(stick(4));
    bus.tellAttached('DeviceId(4)');
    await settle();
    bus.take('DeviceId(3)');
    bus.take('DeviceId(4)');
    bus.tellDetached('DeviceId(4)');
    await settle();
    expect(told.toSorted()).toEqual(['+1-3', '+1-4', '-1-3', '-1-4']);
    await stop();
  });

  it('treats a device that is plugged in again as another connection, even under the same handle', async () => {
    const bus = createBus();
    const { port } = createPort(bus);
    const { told, stop, settle } = await watch(port);
    const keys: string[] = [];
    for (const address of [5, 6]) {
      bus.put({ ...stick(5), address });
      bus.tellAttached('DeviceId(5)');
      await settle();
      const list = await port.list();
      keys.push(...(list.ok ? list.value.map(({ key }) => key) : []));
    }
    expect(told).toEqual(['+1-5', '-1-5', '+1-5']);
    expect(new Set(keys).size).toBe(2);
    await stop();
  });

  it('waits a little for the interfaces, and then reports a device without any all the same', async () => {
    const bus = createBus();
    const { port, clock } = createPort(bus);
    const { told, stop, settle } = await watch(port);
    bus.put({ ...stick(6), configuration: undefined });
    bus.put({ ...stick(7), configuration: undefined });
    bus.tellAttached('DeviceId(6)');
    await settle();
    expect(told).toEqual([]);
    bus.put(stick(6));
    for (let look = 0; look < 20; look += 1) {
      clock.advance(200);
      await settle();
    }
    expect(told).toEqual(['+1-6', '+1-7 bare']);
    expect(clock.pendingTimers()).toBe(0);
    await stop();
  });

  it('keeps a device of which no text can be read', async () => {
    const bus = createBus();
    const { port } = createPort(bus);
    const closed = {
      ...stick(8),
      get serialNumber(): string {
        throw new Error('open error: access denied');
      },
      get configuration(): unknown {
        throw new Error('open error: access denied');
      },
    };
    const list = bus.native.getDevices;
    bus.native.getDevices = () =>
      list().then((devices) => [
        ...devices,
        Object.assign(closed, { vendorId: 1, productId: 2, bus: '001' }),
      ]);
    expect(await port.list()).toMatchObject({
      ok: true,
      value: [{ vendorId: '0001', serial: { kind: 'absent' }, interfaces: [] }],
    });
  });

  it('answers that there is none, with the reason, where there is no bus or no package, and never throws', async () => {
    const bus = createBus();
    const listener = { onArrived: () => undefined, onDeparted: () => undefined };
    for (const { port } of [
      createPort(bus, { absence: 'this system has no USB bus' }),
      createPort(bus, { load: () => Promise.reject(new Error('Cannot find native binding')) }),
    ]) {
      expect(await port.list()).toMatchObject({ ok: false, error: { kind: 'none' } });
      expect(await port.watch(listener)).toMatchObject({ ok: false, error: { kind: 'none' } });
      expect(port.capability()).toMatchObject({
        level: 'none',
        reason: expect.stringMatching(/./u) as string,
      });
    }
    const { port } = createPort(bus);
    bus.fail(new Error('getDevices error'));
    expect(await port.list()).toMatchObject({ ok: false, error: { kind: 'unreadable' } });
    expect(port.capability().level).toBe('degraded');
    bus.fail(undefined);
    expect((await port.list()).ok).toBe(true);
    expect(port.capability().level).toBe('full');
  });

  it('releases everything after fifty watches, each stopped twice', async () => {
    const bus = createBus();
    const { port, clock, further } = createPort(bus);
    for (let round = 0; round < 50; round += 1) {
      const first = await watch(port);
      const second = await watch(port);
      expect(bus.subscriptions.size).toBe(1);
      bus.put({ ...stick(9), address: round });
      bus.tellAttached('DeviceId(9)');
      await second.settle();
      await first.stop();
      await first.stop();
      expect(bus.subscriptions.size).toBe(1);
      await second.stop();
      bus.take('DeviceId(9)');
    }
    expect([bus.subscriptions.size, further(), clock.pendingTimers()]).toEqual([0, 0, 0]);
  });
});
