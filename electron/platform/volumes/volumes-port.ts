/** The drives of this PC and the volumes on them, as facts: what may be done with them is not decided here. */
import type { Result } from '../../../shared/lib/result.ts';
import type { Capability } from '../../../shared/wire/events.ts';
import type { UsbIdentity } from '../usb/usb-port.ts';

/**
 * `encrypted`: and open now. `not-encrypted`: a file system that holds its files in the clear. `locked`: encrypted
 * and waiting for its password. `cannot-tell`: everything else, what looks like noise above all.
 */
export type VolumeEncryption = 'encrypted' | 'not-encrypted' | 'locked' | 'cannot-tell';

/** What a finding on encryption rests on. */
export interface EncryptionProbe {
  /**
   * `signature`: the kind of content that the system found on the volume. `mapping`: an open mapping of the kernel.
   * `shell-property`: what the Windows shell says of BitLocker. `boot-sector`: read by the agent itself.
   * `none`: nothing could be asked.
   */
  readonly name: 'signature' | 'mapping' | 'shell-property' | 'boot-sector' | 'none';
  /** What it found, in a word or a short sentence for technicians: `crypto_LUKS 2`, `BitLocker protection 6`. */
  readonly found: string;
}

export interface Volume {
  /** Names it on its drive for as long as the drive is there: `sdb1`, `E:`. */
  readonly key: string;
  /** Folders or drive letters (`E:\`) under which its files can be reached now; empty while it is not mounted. */
  readonly mountPoints: readonly string[];
  /** Empty where it has none. Given by people: for screens, never for logs. */
  readonly label: string;
  /** As the system calls it (`vfat`, `NTFS`), of the inside where that is open; empty where none is recognised. */
  readonly fileSystem: string;
  readonly sizeBytes: number | undefined;
  /** `boot`: a small partition that systems keep for themselves (EFI, Microsoft reserved, recovery), by its type. */
  readonly role: 'data' | 'boot';
  readonly encryption: VolumeEncryption;
  readonly probe: EncryptionProbe;
}

/** How a drive is connected. `usb4`: over Thunderbolt or USB4 as if it were inside. `unknown`: the system does not say. */
export type DriveBus = 'usb' | 'uas' | 'usb4' | 'sd' | 'internal' | 'unknown';

export interface Drive {
  /** Names this appearance of the drive; taken out and put in again, it is another where the system can tell. */
  readonly key: string;
  readonly bus: DriveBus;
  readonly kind: 'disk' | 'optical' | 'floppy';
  /**
   * The USB device that it belongs to. `port` is that of the `UsbDevice`, or empty where the system does not tell it:
   * then vendor, product and serial have to be compared.
   */
  readonly usb: (UsbIdentity & { readonly port: string }) | undefined;
  /** What the drive itself says; empty where it says nothing. Cleaned like the text of a USB device. */
  readonly vendor: string;
  readonly model: string;
  readonly serial: string;
  readonly sizeBytes: number | undefined;
  /** False for a card reader without a card and a disc drive without a disc. */
  readonly hasMedium: boolean;
  /** Leaves of the drive alone; a medium with no partitions and no file system is one volume of unknown content. */
  readonly volumes: readonly Volume[];
}

export interface VolumesProblem {
  /** `none`: nothing here can be asked. `unreadable`: it was asked and gave no answer that can be understood. */
  readonly kind: 'none' | 'unreadable';
  readonly reason: string;
}

export interface VolumesPort {
  capability(): Capability;
  /** All drives, built-in ones too; network drives are none. Answers within 5 s and never rejects. */
  list(): Promise<Result<readonly Drive[], VolumesProblem>>;
  /**
   * Calls `changed` some time after drives, media, volumes or their encryption may have changed: a hint to list
   * again, gathered over bursts and sometimes given for nothing. The function in the answer ends it; a second call
   * is harmless. Never rejects.
   */
  watch(changed: () => void): Promise<Result<() => Promise<void>, VolumesProblem>>;
}
