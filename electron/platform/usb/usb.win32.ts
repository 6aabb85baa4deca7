/** USB on Windows: the `usb` package, which asks the configuration manager as a standard user. */
import type { Clock } from '../time/clock.ts';
import { describeByOpening } from './parse-usb-device.ts';
import { createUsbPackagePort, loadUsbPackage } from './usb-package.ts';
import type { UsbPort } from './usb-port.ts';

export function createWindowsUsbPort(clock: Clock): UsbPort {
  return createUsbPackagePort({
    clock,
    load: loadUsbPackage,
    describe: describeByOpening,
    absence: () => undefined,
    shortfall: () => undefined,
    watchFurther: () => () => undefined,
  });
}
