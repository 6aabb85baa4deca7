/** USB on Linux: the `usb` package, which learns of arrivals from the device manager (udev). */
import { existsSync, type FSWatcher, readdirSync, watch } from 'node:fs';
import path from 'node:path';
import type { Clock } from '../time/clock.ts';
import { readUsbDescription } from './read-usb-sysfs.ts';
import { createUsbPackagePort, loadUsbPackage } from './usb-package.ts';
import type { UsbPort } from './usb-port.ts';

const sysfsBus = '/sys/bus/usb/devices';
const deviceNodes = '/dev/bus/usb';
const udevControl = '/run/udev/control';

export function createLinuxUsbPort(clock: Clock): UsbPort {
  const hasUdev = () => existsSync(udevControl);
  return createUsbPackagePort({
    clock,
    load: loadUsbPackage,
    describe: (_raw, port) => readUsbDescription(path.join(sysfsBus, port)),
    absence: () => (existsSync(sysfsBus) ? undefined : 'this system has no USB bus'),
    shortfall: () =>
      hasUdev() || existsSync(deviceNodes)
        ? undefined
        : 'no device manager (udev) runs, so that nothing tells of what is plugged in',
    watchFurther: (changed) => (hasUdev() ? () => undefined : watchDeviceNodes(changed)),
  });
}

/** The kernel makes a file per device in a folder per bus; that costs nothing while nothing happens. */
function watchDeviceNodes(changed: () => void): () => void {
  const watchers: FSWatcher[] = [];
  try {
    for (const bus of readdirSync(deviceNodes)) {
      watchers.push(watch(path.join(deviceNodes, bus), changed).on('error', () => undefined));
    }
  } catch {
    // The capability reports that arrivals may be missed.
  }
  return () => {
    for (const watcher of watchers.splice(0)) watcher.close();
  };
}
