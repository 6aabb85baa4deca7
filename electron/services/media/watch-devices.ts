/**
 * Watches the ports for devices and drives, and reads them while the session is in front.
 *
 * Where two users are signed in side by side, each has an agent, and the system notifies both of the same stick. Only
 * the agent of the session in front takes note of it: the other would report it under the wrong name.
 */
import type { Drive } from '../../../shared/device/drive.ts';
import type { UsbDevice } from '../../../shared/device/usb-device.ts';
import type { UsbPort } from '../../platform/usb/usb-port.ts';
import type { VolumesPort } from '../../platform/volumes/volumes-port.ts';
import type { StorageFault } from '../../storage/storage-fault.ts';

export interface WatchOptions {
  readonly usb: UsbPort;
  readonly volumes: VolumesPort;
  /** False while the PC shows another session. True if the agent cannot find out. */
  readonly isInFront: () => Promise<boolean>;
  readonly onFault: (fault: StorageFault) => void;
  readonly log: (line: string) => void;
}

/** The devices and drives as they were when the session was last in front. */
interface DeviceReading {
  readonly usbDevices: readonly UsbDevice[];
  /** Undefined where the system cannot list drives. */
  readonly drives: readonly Drive[] | undefined;
}

export interface DeviceWatch {
  start(listener: {
    readonly onArrived: (usbDevice: UsbDevice) => void;
    readonly onChanged: () => void;
  }): Promise<void>;
  /** Lists the USB devices again, which may have changed unnoticed while the PC slept. */
  listAgain(): Promise<void>;
  /** `returned`: the session is in front again after it was behind another. `behind`: the last reading stays. */
  read(): Promise<'in-front' | 'returned' | 'behind'>;
  last(): DeviceReading;
  /** Something changed while the session was behind another. */
  isBehind(): boolean;
  stop(): Promise<void>;
}

export function createDeviceWatch({ usb, volumes, isInFront, onFault, log }: WatchOptions): DeviceWatch {
  const present = new Map<string, UsbDevice>();
  let reading: DeviceReading = { usbDevices: [], drives: [] };
  let isBehind = false;
  const endings: (() => Promise<void>)[] = [];

  const listAgain = async (): Promise<void> => {
    const listed = await usb.list();
    if (!listed.ok) return;
    present.clear();
    for (const usbDevice of listed.value) present.set(usbDevice.key, usbDevice);
  };

  return {
    listAgain,
    start: async ({ onArrived, onChanged }) => {
      // Watch first, then list: a device that arrives in between is in both.
      const watches = await Promise.all([
        usb.watch({
          onArrived: (usbDevice) => {
            present.set(usbDevice.key, usbDevice);
            onArrived(usbDevice);
          },
          onDeparted: ({ key }) => {
            present.delete(key);
            onChanged();
          },
        }),
        volumes.watch(onChanged),
      ]);
      for (const [index, watch] of watches.entries()) {
        if (watch.ok) endings.push(watch.value);
        // The agent works on without that watch.
        else log(`media: ${index === 0 ? 'usb' : 'volumes'}: ${watch.error.reason}`);
      }
      await listAgain();
    },
    read: async () => {
      const [inFront, listed] = await Promise.all([isInFront(), volumes.list()]);
      if (!inFront) {
        isBehind = true;
        return 'behind';
      }
      const wasBehind = isBehind;
      isBehind = false;
      let { drives } = reading;
      if (listed.ok) drives = listed.value;
      else if (listed.error.kind === 'none') drives = undefined;
      // A failed read does not mean that a device was unplugged: the last drives stay.
      else onFault({ fault: 'volumes-unreadable', subject: 'volumes', reason: listed.error.reason });
      reading = { usbDevices: [...present.values()], drives };
      return wasBehind ? 'returned' : 'in-front';
    },
    last: () => reading,
    isBehind: () => isBehind,
    stop: async () => {
      await Promise.all(endings.map((end) => end()));
    },
  };
}
