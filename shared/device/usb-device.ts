/** A device on the USB bus, as its descriptors describe it. */

/** Class, subclass and protocol of an interface, as the device states them (USB 2.0, table 9-12). */
export interface UsbInterfaceClass {
  readonly classCode: number;
  readonly subclassCode: number;
  readonly protocolCode: number;
}

/** Text from a device is hostile until cleaned: no control characters, at most 126 characters, trimmed. */
export interface UsbIdentity {
  /** Four lower-case hex digits. */
  readonly vendorId: string;
  /** Four lower-case hex digits. */
  readonly productId: string;
  /** `absent`: the device gives none, or the system does not pass it on; the reason says which. */
  readonly serial:
    | { readonly kind: 'given'; readonly text: string }
    | { readonly kind: 'absent'; readonly reason: string };
  /** Empty where the device states none. */
  readonly manufacturer: string;
  /** Empty where the device states none. */
  readonly productName: string;
}

export interface UsbDevice extends UsbIdentity {
  /** Names this one connection: the port, and the address that the device has there. It changes when it is plugged in again. */
  readonly key: string;
  /** Bus and chain of ports, such as `1-1.2`. The next device in the same port has the same. */
  readonly port: string;
  /** Of every interface of the active configuration; empty for a device that has none or is not configured yet. */
  readonly interfaces: readonly UsbInterfaceClass[];
}
