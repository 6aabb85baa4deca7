/** What is plugged into the USB ports of this PC, and word of what comes and goes. */
import type { Result } from '../../../shared/lib/result.ts';
import type { Capability } from '../../../shared/wire/events.ts';

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
  /** `absent`: the device gives none, or the system did not pass it on; the reason says which. */
  readonly serial:
    | { readonly kind: 'given'; readonly text: string }
    | { readonly kind: 'absent'; readonly reason: string };
  /** Empty where the device states none. */
  readonly manufacturer: string;
  /** Empty where the device states none. */
  readonly productName: string;
}

export interface UsbDevice extends UsbIdentity {
  /** Names this one connection: the port and the address that the device got there. Plugged in again, it is another. */
  readonly key: string;
  /** Where it is plugged in: bus and chain of ports, `1-1.2`. What is plugged in there next has the same. */
  readonly port: string;
  /** Of every interface of the active configuration; a device with none, or one not yet configured, has an empty list. */
  readonly interfaces: readonly UsbInterfaceClass[];
}

export interface UsbProblem {
  /** `none`: no USB bus, or nothing here that can ask it. `unreadable`: there is one and it gave no answer. */
  readonly kind: 'none' | 'unreadable';
  readonly reason: string;
}

export interface UsbListener {
  onArrived(device: UsbDevice): void;
  /** With the device as it was told on arrival. */
  onDeparted(device: UsbDevice): void;
}

export interface UsbPort {
  capability(): Capability;
  /** Everything plugged in, hubs, keyboards and built-in webcams too. Answers within 5 s and never rejects. */
  list(): Promise<Result<readonly UsbDevice[], UsbProblem>>;
  /**
   * Tells of every arrival and departure from now on, each connection once; what is there already is not told.
   * The function in the answer ends it; a second call is harmless. Never rejects. Watch first and list then, so that
   * nothing slips between the two: a device may be in both.
   */
  watch(listener: UsbListener): Promise<Result<() => Promise<void>, UsbProblem>>;
}
