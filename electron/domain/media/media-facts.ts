/** What is known of the things that are plugged in: the facts as the system gives them, and one thing as a person sees it. */
import type { EncryptionState, MediaKind } from '../../../shared/wire/media.ts';

/** The part of a USB device that decisions rest on. */
export interface UsbFacts {
  /** Names one connection: plugged in again, it is another. */
  readonly key: string;
  /** Bus and chain of ports. */
  readonly port: string;
  readonly vendorId: string;
  readonly productId: string;
  readonly serial:
    | { readonly kind: 'given'; readonly text: string }
    | { readonly kind: 'absent'; readonly reason: string };
  readonly manufacturer: string;
  readonly productName: string;
  readonly interfaces: readonly {
    readonly classCode: number;
    readonly subclassCode: number;
    readonly protocolCode: number;
  }[];
}

/** The part of a volume that decisions rest on. */
interface VolumeFacts {
  readonly key: string;
  readonly mountPoints: readonly string[];
  readonly label: string;
  readonly fileSystem: string;
  readonly sizeBytes: number | undefined;
  readonly role: 'data' | 'boot';
  readonly encryption: EncryptionState;
  readonly probe: { readonly name: string };
}

/** The part of a drive that decisions rest on. */
export interface DriveFacts {
  readonly key: string;
  readonly bus: 'usb' | 'uas' | 'usb4' | 'sd' | 'internal' | 'unknown';
  readonly kind: 'disk' | 'optical' | 'floppy';
  readonly usb:
    | (Pick<UsbFacts, 'vendorId' | 'productId' | 'serial' | 'manufacturer' | 'productName'> & {
        readonly port: string;
      })
    | undefined;
  readonly vendor: string;
  readonly model: string;
  readonly serial: string;
  readonly sizeBytes: number | undefined;
  readonly hasMedium: boolean;
  readonly volumes: readonly VolumeFacts[];
}

export interface MediumVolume extends VolumeFacts {
  /** Names its drive, for ejecting it. */
  readonly driveKey: string;
  /** Burnt into the stick like a CD: it brings a program along and takes no files. */
  readonly isBurntIn: boolean;
}

/** One thing that a person plugged in, with all that is on it. */
export interface Medium {
  /** Names this connection of it. */
  readonly key: string;
  /** Where it is plugged in; empty where the system does not say. */
  readonly port: string;
  readonly kind: MediaKind;
  readonly bus: string;
  /** Empty where it has no USB descriptor. */
  readonly vendorId: string;
  readonly productId: string;
  /** As the system gives it; empty where there is none. */
  readonly serial: string;
  /** Maker and model as it names itself; empty where it says nothing. */
  readonly name: string;
  /** 0 where it is not known. */
  readonly sizeBytes: number;
  readonly driveKeys: readonly string[];
  readonly volumes: readonly MediumVolume[];
  /** False while its drive or its medium has not appeared: there is nothing to judge yet. */
  readonly isReady: boolean;
}
