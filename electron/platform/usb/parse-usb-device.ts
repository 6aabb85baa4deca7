/** Turns what the `usb` package reports about a device into the terms of the port. */
import { z } from 'zod';
import type { UsbDevice, UsbIdentity, UsbInterfaceClass } from '../../../shared/device/usb-device.ts';
import { cleanDeviceText } from '../clean-device-text.ts';

/** What the package knows without opening the device, on every system. */
const rawDeviceSchema = z.object({
  handle: z.string().min(1).max(1024),
  vendorId: z.int().min(0).max(0xffff),
  productId: z.int().min(0).max(0xffff),
  bus: z.union([z.string(), z.number()]).transform((bus) => cleanDeviceText(String(bus))),
  address: z.int().min(0),
  ports: z.array(z.int().min(0).max(255)).max(16).catch([]),
});

/** What the package does not know without help: the system may know it, or the device has to be opened. */
export interface UsbDescription {
  readonly serialNumber: string;
  readonly manufacturerName: string;
  readonly productName: string;
  readonly interfaces: readonly UsbInterfaceClass[];
}

interface ParsedUsbDevice {
  /** The package's own name for the device; it reports the same name when the device goes. */
  readonly handle: string;
  readonly address: number;
  readonly device: Omit<UsbDevice, 'key'>;
}

/** Undefined where the package's object is no device. */
export function parseUsbDevice(
  raw: unknown,
  describe: (raw: unknown, port: string) => UsbDescription,
): ParsedUsbDevice | undefined {
  const parsed = rawDeviceSchema.safeParse(raw);
  if (!parsed.success) return undefined;
  const { handle, address, bus, ports, vendorId, productId } = parsed.data;
  const port = describeUsbPort(bus, ports);
  const described = describe(raw, port);
  return {
    handle,
    address,
    device: {
      port,
      ...describeIdentity({ vendorId, productId, ...described }),
      interfaces: described.interfaces,
    },
  };
}

/** The port as Linux names it: `1-2.4`, and `usb1` for the bus itself. Windows gives the bus a longer name. */
export function describeUsbPort(bus: string, ports: readonly number[]): string {
  const plainBus = bus.replace(/^0+(?=\d)/u, '');
  return ports.length === 0 ? `usb${plainBus}` : `${plainBus}-${ports.join('.')}`;
}

/** Takes texts as the device sent them. */
export function describeIdentity(raw: {
  readonly vendorId: number;
  readonly productId: number;
  readonly serialNumber: string;
  readonly manufacturerName: string;
  readonly productName: string;
}): UsbIdentity {
  const serial = cleanDeviceText(raw.serialNumber);
  return {
    vendorId: hex4(raw.vendorId),
    productId: hex4(raw.productId),
    serial:
      serial === ''
        ? { kind: 'absent', reason: 'the device gives no serial number' }
        : { kind: 'given', text: serial },
    manufacturer: cleanDeviceText(raw.manufacturerName),
    productName: cleanDeviceText(raw.productName),
  };
}

function hex4(value: number): string {
  return value.toString(16).padStart(4, '0');
}

const byteSchema = z.int().min(0).max(255);
const configurationSchema = z.object({
  interfaces: z
    .array(
      z.object({
        alternate: z.object({
          interfaceClass: byteSchema,
          interfaceSubclass: byteSchema,
          interfaceProtocol: byteSchema,
        }),
      }),
    )
    .max(256),
});
const openedDeviceSchema = z.object({
  serialNumber: z.unknown(),
  manufacturerName: z.unknown(),
  productName: z.unknown(),
  configuration: z.unknown(),
});
type OpenedDevice = z.infer<typeof openedDeviceSchema>;

/**
 * Reads the package's own getters. Where the system does not keep a text or the interfaces, they open the device and
 * ask it, and throw where that is not allowed. So each is read by itself, and one that fails is left empty.
 */
export function describeByOpening(raw: unknown): UsbDescription {
  const device = raw as OpenedDevice;
  const text = (read: () => unknown): string => {
    try {
      const value = read();
      return typeof value === 'string' ? value : '';
    } catch {
      return '';
    }
  };
  return {
    serialNumber: text(() => device.serialNumber),
    manufacturerName: text(() => device.manufacturerName),
    productName: text(() => device.productName),
    interfaces: readInterfaces(device),
  };
}

/** Empty while the device has no configuration. */
function readInterfaces(device: OpenedDevice): readonly UsbInterfaceClass[] {
  try {
    const configuration = configurationSchema.safeParse(device.configuration);
    if (!configuration.success) return [];
    return configuration.data.interfaces.map(({ alternate }) => ({
      classCode: alternate.interfaceClass,
      subclassCode: alternate.interfaceSubclass,
      protocolCode: alternate.interfaceProtocol,
    }));
  } catch {
    return [];
  }
}
