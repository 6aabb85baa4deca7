/** What is plugged into the USB ports of this PC, and word of what comes and goes. */
import type { UsbDevice } from '../../../shared/device/usb-device.ts';
import type { Result } from '../../../shared/lib/result.ts';
import type { Capability } from '../../../shared/wire/events.ts';

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
