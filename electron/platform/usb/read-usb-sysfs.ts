/** Reads what Linux keeps in sysfs about a USB device. Every account may read it, and the device is not asked again. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { UsbInterfaceClass } from '../../../shared/device/usb-device.ts';
import type { UsbDescription } from './parse-usb-device.ts';

/** Empty where there is no such file: a device without a serial number has none. */
export function readAttribute(...parts: readonly string[]): string {
  try {
    return readFileSync(path.join(...parts), 'utf8').trim();
  } catch {
    return '';
  }
}

/** `folder` is the device's own, `/sys/bus/usb/devices/1-2`. All fields are empty if it is gone. */
export function readUsbDescription(folder: string): UsbDescription {
  return {
    serialNumber: readAttribute(folder, 'serial'),
    manufacturerName: readAttribute(folder, 'manufacturer'),
    productName: readAttribute(folder, 'product'),
    interfaces: readInterfaces(folder),
  };
}

/** The interfaces of the active configuration are folders named `1-2:1.0` in that of the device. */
function readInterfaces(folder: string): readonly UsbInterfaceClass[] {
  let names: readonly string[];
  try {
    names = readdirSync(folder);
  } catch {
    return [];
  }
  const number = (name: string, file: string) => Number.parseInt(readAttribute(folder, name, file), 16);
  return names
    .filter((name) => /:\d+\.\d+$/u.test(name))
    .toSorted()
    .map((name) => ({
      classCode: number(name, 'bInterfaceClass'),
      subclassCode: number(name, 'bInterfaceSubClass'),
      protocolCode: number(name, 'bInterfaceProtocol'),
    }))
    .filter((one) => Object.values(one).every((value) => Number.isInteger(value)));
}
