/** Decides whether the school has approved a device, by model and serial number. */

import type { Approval } from '../../../shared/device/approval.ts';
import type { Device } from '../../../shared/device/device.ts';
import { normaliseSerial, type SerialQuality, serialQuality } from '../../../shared/device/serial-number.ts';
import type { RegisterEntry } from '../../../shared/wire/media.ts';

/** The lists that approve: the managed config's, and the collector's device register. */
export type RegisterSources = readonly (readonly RegisterEntry[])[];

type Identity = Pick<Device, 'vendorId' | 'productId' | 'serial'>;

function isModel(entry: RegisterEntry, device: Identity): boolean {
  return device.vendorId !== '' && entry.vendorId === device.vendorId && entry.productId === device.productId;
}

function holds({ expiresAt }: RegisterEntry, now: Date): boolean {
  return expiresAt === undefined || Date.parse(expiresAt) > now.getTime();
}

/** Compares serial numbers in the form that systems agree on. */
export function isSameDevice(one: Identity, other: Identity): boolean {
  return (
    one.vendorId === other.vendorId &&
    one.productId === other.productId &&
    normaliseSerial(one.serial) === normaliseSerial(other.serial)
  );
}

/**
 * A serial number that looks good is still `repeated` when two devices that are plugged in now have it, or when one list
 * has it twice in valid entries: then the maker gave it to many devices. Expired entries do not count, because they stay
 * in the list beside the entry that renews them.
 */
export function evaluateSerial(
  device: Device,
  pluggedIn: readonly Device[],
  sources: RegisterSources,
  now: Date,
): SerialQuality {
  const alone = serialQuality(device.serial);
  if (alone !== 'good') return alone;
  if (pluggedIn.some((other) => other.key !== device.key && isSameDevice(other, device))) return 'repeated';
  const isRepeated = sources.some(
    (entries) =>
      entries.filter(
        (entry) => holds(entry, now) && isSameDevice({ ...entry, serial: entry.serial ?? '' }, device),
      ).length > 1,
  );
  return isRepeated ? 'repeated' : 'good';
}

export interface ApprovalFinding {
  readonly approval: Approval;
  /** The school's own name for it; empty where it has none. */
  readonly label: string;
}

/** An entry without a serial number approves the model. No entry approves a disc, because a disc cannot be recognised. */
export function findApproval(
  device: Device,
  quality: SerialQuality,
  sources: RegisterSources,
  now: Date,
): ApprovalFinding {
  const ofModel = device.kind === 'disc' ? [] : sources.flat().filter((entry) => isModel(entry, device));
  const serial = normaliseSerial(device.serial);
  const naming = ofModel.filter(
    (entry) => entry.serial === undefined || normaliseSerial(entry.serial) === serial,
  );
  const standing = naming.find(
    (entry) => holds(entry, now) && (entry.serial === undefined || quality === 'good'),
  );
  if (standing !== undefined) return { approval: 'approved', label: standing.label };
  const weak = naming.find((entry) => holds(entry, now));
  if (weak !== undefined) return { approval: 'weak-serial', label: '' };
  const expired = naming[0];
  return expired === undefined
    ? { approval: 'not-in-register', label: '' }
    : { approval: 'expired', label: expired.label };
}

/** When the next approval ends; undefined where none does. */
export function nextExpiry(sources: RegisterSources, now: Date): Date | undefined {
  let next: number | undefined;
  for (const { expiresAt } of sources.flat()) {
    const at = expiresAt === undefined ? Number.NaN : Date.parse(expiresAt);
    if (at > now.getTime() && (next === undefined || at < next)) next = at;
  }
  return next === undefined ? undefined : new Date(next);
}
