/**
 * The USB port on top of the `usb` package, which asks the system's own USB stack in-process.
 *
 * It uses the package's native half, not its WebUSB class. There a failed subscription ends as an uncaught exception,
 * and a PC without a USB bus must not end the agent.
 */

import type { UsbDevice } from '../../../shared/device/usb-device.ts';
import { fail, type Result, succeed } from '../../../shared/lib/result.ts';
import { withDeadline } from '../deadline.ts';
import { describeError } from '../describe-error.ts';
import type { Clock } from '../time/clock.ts';
import { parseUsbDevice, type UsbDescription } from './parse-usb-device.ts';
import type { UsbListener, UsbPort, UsbProblem } from './usb-port.ts';

/** The used part of the package's native half; its devices are unknown until parsed. */
export interface UsbPackage {
  getDevices(): Promise<readonly unknown[]>;
  /** Calls back until `stop`; both of its promises may reject. */
  subscribe(onAttached: (raw: unknown) => void, onDetached: (handle: string) => void): Promise<void>;
  unsubscribe(): Promise<void>;
}

export interface UsbPackageOptions {
  readonly clock: Clock;
  /** Rejects where the package or its native half cannot be loaded. */
  load(): Promise<UsbPackage>;
  /** Texts and interfaces of a device of the package at `port`; what cannot be read is empty. Must not throw. */
  describe(raw: unknown, port: string): UsbDescription;
  /** Why this system cannot have USB at all; undefined where it may. */
  absence(): string | undefined;
  /** Why arrivals may be missed on this system; undefined where they are not. */
  shortfall(): string | undefined;
  /** Another sign that a device came or went, for systems on which the package reports none. */
  watchFurther(changed: () => void): () => void;
}

const deadlineMs = 5000;

const lookAgainMs = 150;
const maximumLooks = 8;

interface Connection {
  readonly handle: string;
  readonly fingerprint: string;
  device: UsbDevice;
  /** True when the listeners were notified of the device, or need not be. */
  told: boolean;
  /** How often its interfaces were read. */
  looks: number;
}

export async function loadUsbPackage(): Promise<UsbPackage> {
  const { default: native } = await import('usb/index.js');
  const emitter = new native.Emitter();
  return {
    getDevices: () => native.nativeGetDevices(),
    subscribe: async (onAttached, onDetached) => {
      await emitter.addAttach(onAttached);
      await emitter.addDetach(onDetached);
    },
    unsubscribe: async () => {
      await emitter.removeAttach();
      await emitter.removeDetach();
    },
  };
}

export function createUsbPackagePort(options: UsbPackageOptions): UsbPort {
  const listeners = new Set<UsbListener>();
  const connections = new Map<string, Connection>();
  let loading: Promise<UsbPackage> | undefined;
  let lastProblem: UsbProblem | undefined;
  let connectionCount = 0;
  let stopFurther: (() => void) | undefined;
  /** Subscribing, unsubscribing and reading happen one after the other. */
  let queue: Promise<unknown> = Promise.resolve();
  let reconcileWaits = false;
  let callOffLook: (() => void) | undefined;

  const inTurn = <Answer>(work: () => Promise<Answer>): Promise<Answer> => {
    const answer = queue.then(work);
    queue = answer.catch(() => undefined);
    return answer;
  };

  const tell = (connection: Connection) => {
    connection.told = true;
    for (const { onArrived } of [...listeners]) onArrived(connection.device);
  };

  /**
   * Notifies the listeners of a new device. A device found in the first reading, before a listener exists, is not news.
   */
  const arrive = (raw: unknown, isNews: boolean): Connection | undefined => {
    const parsed = parseUsbDevice(raw, options.describe);
    if (parsed === undefined) return undefined;
    const { handle, address, device } = parsed;
    const { port, vendorId, productId, serial } = device;
    const fingerprint = JSON.stringify([address, port, vendorId, productId, serial]);
    let connection = connections.get(handle);
    if (connection !== undefined && connection.fingerprint !== fingerprint) {
      depart(handle);
      connection = undefined;
    }
    if (connection === undefined) {
      connectionCount += 1;
      const key = `${port}#${connectionCount}`;
      connection = { handle, fingerprint, device: { ...device, key }, told: !isNews, looks: 0 };
      connections.set(handle, connection);
    } else if (connection.device.interfaces.length < device.interfaces.length) {
      connection.device = { ...connection.device, interfaces: device.interfaces };
    }
    if (connection.told) return connection;
    // The system announces a device before its interfaces. The verdict depends on them, so wait for them a little.
    connection.looks += 1;
    if (connection.device.interfaces.length > 0 || connection.looks > maximumLooks) tell(connection);
    else lookAgainLater();
    return connection;
  };

  const lookAgainLater = () => {
    if (callOffLook !== undefined) return;
    callOffLook = options.clock.setTimer(lookAgainMs, () => {
      callOffLook = undefined;
      reconcile();
    });
  };

  const depart = (handle: string) => {
    const connection = connections.get(handle);
    if (connection === undefined) return;
    connections.delete(handle);
    if (!connection.told) return;
    for (const { onDeparted } of [...listeners]) onDeparted(connection.device);
  };

  const read = async (isNews: boolean): Promise<Result<readonly UsbDevice[], UsbProblem>> => {
    const absence = options.absence();
    if (absence !== undefined) {
      for (const handle of [...connections.keys()]) depart(handle);
      return fail({ kind: 'none', reason: absence });
    }
    const usb = await loadOnce();
    if (!usb.ok) return usb;
    try {
      const answer = await withDeadline(usb.value.getDevices(), deadlineMs);
      if (!answer.ok)
        return fail({ kind: 'unreadable', reason: `USB gave no answer within ${deadlineMs} ms` });
      const present = answer.value.flatMap((raw) => arrive(raw, isNews) ?? []);
      const handles = new Set(present.map(({ handle }) => handle));
      for (const handle of [...connections.keys()]) if (!handles.has(handle)) depart(handle);
      return succeed(present.map(({ device }) => device));
    } catch (error) {
      return fail({ kind: 'unreadable', reason: describeError(error) });
    }
  };

  const loadOnce = async (): Promise<Result<UsbPackage, UsbProblem>> => {
    loading ??= options.load();
    try {
      return succeed(await loading);
    } catch (error) {
      loading = undefined;
      return fail({ kind: 'none', reason: `USB cannot be asked: ${describeError(error)}` });
    }
  };

  const list = async () => {
    const answer = await inTurn(() => read(listeners.size > 0));
    lastProblem = answer.ok ? undefined : answer.error;
    return answer;
  };

  /** Checks the events against the devices that are there: an event may have been lost or repeated. */
  const reconcile = () => {
    if (reconcileWaits) return;
    reconcileWaits = true;
    void inTurn(async () => {
      reconcileWaits = false;
      if (listeners.size > 0) await read(true);
    });
  };

  const begin = async (): Promise<Result<undefined, UsbProblem>> => {
    const present = await read(false);
    if (!present.ok) return present;
    const usb = await loadOnce();
    if (!usb.ok) return usb;
    try {
      await usb.value.subscribe(
        (raw) => {
          if (listeners.size === 0) return;
          arrive(raw, true);
          reconcile();
        },
        (handle) => {
          if (listeners.size === 0) return;
          depart(handle);
          reconcile();
        },
      );
    } catch (error) {
      return fail({ kind: 'unreadable', reason: describeError(error) });
    }
    stopFurther = options.watchFurther(reconcile);
    return succeed(undefined);
  };

  const end = async () => {
    stopFurther?.();
    stopFurther = undefined;
    callOffLook?.();
    callOffLook = undefined;
    const usb = await loadOnce();
    if (!usb.ok) return;
    try {
      await usb.value.unsubscribe();
    } catch {
      // If it cannot be unsubscribed, its events reach no listener.
    }
  };

  return {
    capability: () => {
      const absence = options.absence();
      if (absence !== undefined) return { name: 'usb', level: 'none', reason: absence };
      if (lastProblem !== undefined) {
        const level = lastProblem.kind === 'none' ? 'none' : 'degraded';
        return { name: 'usb', level, reason: lastProblem.reason };
      }
      const shortfall = options.shortfall();
      return shortfall === undefined
        ? { name: 'usb', level: 'full', reason: '' }
        : { name: 'usb', level: 'degraded', reason: shortfall };
    },
    list,
    watch: async (listener) => {
      const own: UsbListener = {
        onArrived: (device) => listener.onArrived(device),
        onDeparted: (device) => listener.onDeparted(device),
      };
      const begun = await inTurn(async () => {
        if (listeners.size === 0) {
          const answer = await begin();
          if (!answer.ok) return answer;
        }
        listeners.add(own);
        return succeed(undefined);
      });
      lastProblem = begun.ok ? undefined : begun.error;
      if (!begun.ok) return begun;
      reconcile();
      return succeed(() =>
        inTurn(async () => {
          if (listeners.delete(own) && listeners.size === 0) await end();
        }),
      );
    },
  };
}
