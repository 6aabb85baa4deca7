/** Describes a drive and its volumes from what Windows reports. */

import type { Drive, DriveBus, Volume } from '../../../shared/device/drive.ts';
import type { UsbIdentity } from '../../../shared/device/usb-device.ts';
import { judgeBitLocker } from './bitlocker-protection.ts';
import { findEncryptedContent } from './parse-boot-sector.ts';
import type { parseStorageDescriptor } from './parse-storage-device.ts';

export interface WindowsVolume {
  readonly letter: string;
  readonly label: string;
  /** Empty where Windows reads no file system: the volume is not formatted, or locked. */
  readonly fileSystem: string;
  readonly sizeBytes: number | undefined;
  readonly bitLockerProtection: number | undefined;
  /** Empty where this account may not read it. */
  readonly beginning: Buffer;
}

export interface WindowsDrive {
  /** From Windows: the kind of device and its number, or only the letter if there is no number. */
  readonly key: string;
  readonly kind: Drive['kind'];
  readonly device: ReturnType<typeof parseStorageDescriptor>;
  readonly usb: (UsbIdentity & { readonly port: string }) | undefined;
  /** The driver of the USB device: `UASPStor` for UAS. */
  readonly usbService: string;
  /** As delivered, Windows expects users to pull it out at any time, without asking first. */
  readonly isPulledAtAnyTime: boolean;
  readonly sizeBytes: number | undefined;
  readonly hasMedium: boolean;
  readonly volumes: readonly WindowsVolume[];
}

function findBus(
  { kind, usb, usbService, device, isPulledAtAnyTime, volumes }: WindowsDrive,
  systemLetter: string,
): DriveBus {
  // The drive that Windows runs from stays in the PC, whatever its bus says.
  if (volumes.some(({ letter }) => letter === systemLetter)) return 'internal';
  if (usb !== undefined || device?.bus === 'usb')
    return usbService.toLowerCase() === 'uaspstor' ? 'uas' : 'usb';
  switch (device?.bus) {
    case undefined:
    case 'unknown':
      return 'unknown';
    // Soldered flash reports MMC or SD too, but does not report that it can be taken out.
    case 'sd':
    case 'mmc':
      return device.isRemovable ? 'sd' : 'internal';
    // Behind Thunderbolt and USB4, Windows expects a drive to be pulled out at any time (Microsoft, *Change in default removal
    // policy for external storage media in Windows 10, version 1809*). In a PCIe slot that can be hot-plugged, as built-in
    // drives are, it expects to be asked first.
    case 'nvme':
      return isPulledAtAnyTime ? 'usb4' : 'internal';
    // PCI card readers report that their medium can be taken out; built-in disks do not.
    case 'scsi':
      return device.isRemovable && kind === 'disk' ? 'sd' : 'internal';
    case 'other':
      return 'internal';
  }
}

/** `systemLetter`: the drive letter from which Windows runs, `C`. */
export function describeWindowsDrive(drive: WindowsDrive, systemLetter: string): Drive {
  const { device } = drive;
  const volumes = drive.hasMedium
    ? drive.volumes.map((volume) => describeWindowsVolume(volume, drive.kind))
    : [];
  return {
    key: drive.key,
    bus: findBus(drive, systemLetter),
    kind: drive.kind,
    usb: drive.usb,
    vendor: device?.vendor ?? '',
    model: device?.model ?? '',
    serial: device?.serial ?? '',
    sizeBytes: drive.hasMedium ? drive.sizeBytes : undefined,
    hasMedium: drive.hasMedium,
    // Windows gives no letter to content that it does not know, but the content is there.
    volumes: drive.hasMedium && volumes.length === 0 ? [unknownContent(drive)] : volumes,
  };
}

function unknownContent({ key, sizeBytes }: WindowsDrive): Volume {
  return {
    key: `${key} content`,
    mountPoints: [],
    label: '',
    fileSystem: '',
    sizeBytes,
    role: 'data',
    encryption: 'cannot-tell',
    probe: { name: 'none', found: '' },
  };
}

/** The file systems of discs. BitLocker does not encrypt discs, so the shell's value means nothing for them. */
const discFileSystems: ReadonlySet<string> = new Set(['CDFS', 'UDF']);

export function describeWindowsVolume(volume: WindowsVolume, kind: Drive['kind']): Volume {
  const isPlainDisc = kind === 'optical' && discFileSystems.has(volume.fileSystem);
  const fromShell = isPlainDisc
    ? {
        encryption: 'not-encrypted' as const,
        probe: { name: 'signature' as const, found: volume.fileSystem },
      }
    : judgeBitLocker(volume.bitLockerProtection, volume.fileSystem);
  // If Windows reads a file system, it has decrypted the volume before a program sees it, so the beginning shows
  // nothing.
  const content = volume.fileSystem === '' ? findEncryptedContent(volume.beginning) : undefined;
  const finding =
    fromShell.encryption === 'cannot-tell' && content !== undefined
      ? { encryption: 'locked' as const, probe: { name: 'boot-sector' as const, found: content } }
      : fromShell;
  return {
    key: `${volume.letter}:`,
    mountPoints: [`${volume.letter}:\\`],
    label: volume.label,
    fileSystem: volume.fileSystem,
    sizeBytes: volume.sizeBytes,
    role: 'data',
    encryption: finding.encryption,
    probe: finding.probe,
  };
}
