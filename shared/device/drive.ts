/** Drives and the volumes on them, as the system describes them. */
import { z } from 'zod';
import type { UsbIdentity } from './usb-device.ts';
import type { Verdict } from './verdict.ts';

/**
 * `signature`: the kind of content that the system found on the volume. `mapping`: an open mapping of the kernel.
 * `shell-property`: what the Windows shell says of BitLocker. `boot-sector`: read by the agent itself.
 * `none`: nothing could be asked.
 */
export const probeNameSchema = z.enum(['signature', 'mapping', 'shell-property', 'boot-sector', 'none']);

/** What the verdict on a volume rests on. */
export interface EncryptionProbe {
  readonly name: z.infer<typeof probeNameSchema>;
  /** What it found, in a word or a short sentence for technicians: `crypto_LUKS 2`, `BitLocker protection 6`. */
  readonly found: string;
}

/** `boot`: a small partition that systems keep for themselves (EFI, Microsoft reserved, recovery), by its type. */
export const volumeRoleSchema = z.enum(['data', 'boot']);

export interface Volume {
  /** Names it on its drive while the drive is there: `sdb1`, `E:`. */
  readonly key: string;
  /** Folders or drive letters (`E:\`) that lead to its files now; empty while it is not mounted. */
  readonly mountPoints: readonly string[];
  /** Empty where it has none. People choose labels: show them on screens, never in logs. */
  readonly label: string;
  /** In the system's words (`vfat`, `NTFS`), of the inside where that is open; empty where none is recognised. */
  readonly fileSystem: string;
  readonly sizeBytes: number | undefined;
  readonly role: z.infer<typeof volumeRoleSchema>;
  readonly encryption: Verdict;
  readonly probe: EncryptionProbe;
}

/** How a drive is connected. `usb4`: over Thunderbolt or USB4 as if it were inside. `unknown`: the system does not say. */
export const driveBusSchema = z.enum(['usb', 'uas', 'usb4', 'sd', 'internal', 'unknown']);
export type DriveBus = z.infer<typeof driveBusSchema>;

export const driveKindSchema = z.enum(['disk', 'optical', 'floppy']);

export interface Drive {
  /** Names this connection of the drive; plugged in again, it has another where the system can tell. */
  readonly key: string;
  readonly bus: DriveBus;
  readonly kind: z.infer<typeof driveKindSchema>;
  /**
   * The USB device that holds it. `port` is that of the `UsbDevice`, or empty where the system does not give it:
   * then compare vendor, product and serial number.
   */
  readonly usb: (UsbIdentity & { readonly port: string }) | undefined;
  /** As the drive names itself; empty where it says nothing. Cleaned like the text of a USB device. */
  readonly vendor: string;
  readonly model: string;
  readonly serial: string;
  readonly sizeBytes: number | undefined;
  /** False for a card reader without a card and a disc drive without a disc. */
  readonly hasMedium: boolean;
  /** Leaves of the drive alone; a drive with no partitions and no file system is one volume of unknown content. */
  readonly volumes: readonly Volume[];
}
