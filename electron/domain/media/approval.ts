/** Whether the school has approved a medium: by model and serial number, until a day, and never by a number that many share. */

import type { Approval } from '../../../shared/device/approval.ts';
import type { Device } from '../../../shared/device/device.ts';
import { normaliseSerial, type SerialQuality, serialQuality } from '../../../shared/device/serial-number.ts';
import type { RegisterEntry } from '../../../shared/wire/media.ts';

/** The lists that approve: what the administrator has set, and the register of the collector. */
export type RegisterSources = readonly (readonly RegisterEntry[])[];

type Identity = Pick<Device, 'vendorId' | 'productId' | 'serial'>;

function isModel(entry: RegisterEntry, medium: Identity): boolean {
  return medium.vendorId !== '' && entry.vendorId === medium.vendorId && entry.productId === medium.productId;
}

function holds({ expiresAt }: RegisterEntry, now: Date): boolean {
  return expiresAt === undefined || Date.parse(expiresAt) > now.getTime();
}

/** Compares in the form that systems agree on. */
export function isSameThing(one: Identity, other: Identity): boolean {
  return (
    one.vendorId === other.vendorId &&
    one.productId === other.productId &&
    normaliseSerial(one.serial) === normaliseSerial(other.serial)
  );
}

/**
 * A number that seems good alone is `repeated` when two things that are plugged in now carry it, or one list has it
 * twice in entries that hold: then it is the maker's, not the stick's. An entry that has ended stays in its list beside
 * the one that renews it.
 */
export function judgeSerial(
  medium: Device,
  pluggedIn: readonly Device[],
  sources: RegisterSources,
  now: Date,
): SerialQuality {
  const alone = serialQuality(medium.serial);
  if (alone !== 'good') return alone;
  if (pluggedIn.some((other) => other.key !== medium.key && isSameThing(other, medium))) return 'repeated';
  const isRepeated = sources.some(
    (entries) =>
      entries.filter(
        (entry) => holds(entry, now) && isSameThing({ ...entry, serial: entry.serial ?? '' }, medium),
      ).length > 1,
  );
  return isRepeated ? 'repeated' : 'good';
}

export interface ApprovalFinding {
  readonly approval: Approval;
  /** The name under which the school knows it; empty where it does not. */
  readonly label: string;
}

/** An entry without a serial number approves the model. A disc cannot be known again, so no entry approves one. */
export function findApproval(
  medium: Device,
  quality: SerialQuality,
  sources: RegisterSources,
  now: Date,
): ApprovalFinding {
  const ofModel = medium.kind === 'disc' ? [] : sources.flat().filter((entry) => isModel(entry, medium));
  const serial = normaliseSerial(medium.serial);
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

/** When the next approval ends, so that it takes effect without a restart; undefined when none does. */
export function nextExpiry(sources: RegisterSources, now: Date): Date | undefined {
  let next: number | undefined;
  for (const { expiresAt } of sources.flat()) {
    const at = expiresAt === undefined ? Number.NaN : Date.parse(expiresAt);
    if (at > now.getTime() && (next === undefined || at < next)) next = at;
  }
  return next === undefined ? undefined : new Date(next);
}
