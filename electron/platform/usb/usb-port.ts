/** The devices at the USB ports of this PC, and notice of arrivals and departures. */
import type { UsbDevice } from '../../../shared/device/usb-device.ts';
import type { Result } from '../../../shared/lib/result.ts';
import type { Capability } from '../../../shared/wire/events.ts';

export interface UsbProblem {
  /** `none`: no USB bus, or nothing here that can ask it. `unreadable`: the bus is there but gave no answer. */
  readonly kind: 'none' | 'unreadable';
  readonly reason: string;
}

export interface UsbListener {
  onArrived(device: UsbDevice): void;
  /** With the device as it was reported on arrival. */
  onDeparted(device: UsbDevice): void;
}

export interface UsbPort {
  capability(): Capability;
  /**
   * Every device that is plugged in, including hubs, keyboards and built-in webcams. Answers within 5 s and never
   * rejects.
   */
  list(): Promise<Result<readonly UsbDevice[], UsbProblem>>;
  /**
   * Reports every arrival and departure from now on, each connection once, but no device that is already there. The
   * returned function ends it; a second call is harmless. Never rejects. Watch first and list then, so that no device
   * is missed between the two; a device may be in both.
   */
  watch(listener: UsbListener): Promise<Result<() => Promise<void>, UsbProblem>>;
}
