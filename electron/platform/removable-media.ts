/** The ports of removable media, loaded together and only when they are needed. */
import type { AntiVirusPort } from './anti-virus/anti-virus-port.ts';
import type { UsbPort } from './usb/usb-port.ts';
import type { EjectPort } from './volumes/eject-port.ts';
import type { VolumesPort } from './volumes/volumes-port.ts';

export interface RemovableMedia {
  readonly usb: UsbPort;
  readonly volumes: VolumesPort;
  readonly eject: EjectPort;
  readonly antiVirus: AntiVirusPort;
}
