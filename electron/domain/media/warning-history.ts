/** Remembers which warnings the user has seen, so that the same device and problem do not come back too soon. */

import type { Device } from '../../../shared/device/device.ts';
import { normaliseSerial, serialQuality } from '../../../shared/device/serial-number.ts';
import type { DeviceProblem } from '../../../shared/device/verdict.ts';

export interface GivenWarning {
  readonly deviceName: string;
  readonly problem: DeviceProblem;
  /** On the monotonic clock. */
  readonly atMs: number;
}

/** The same for a device that is plugged in again. A device without a good serial number counts by model and port. */
function nameDevice(device: Device): string {
  const model = `${device.kind} ${device.vendorId}:${device.productId}`;
  return serialQuality(device.serial) === 'good'
    ? `${model} ${normaliseSerial(device.serial)}`
    : `${model} at ${device.port === '' ? device.key : device.port}`;
}

/** A problem that the user has not seen yet is always due. */
export function isWarningDue(
  device: Device,
  problems: readonly DeviceProblem[],
  given: readonly GivenWarning[],
  nowMs: number,
  repeatAfterMs: number,
): boolean {
  if (problems.length === 0) return false;
  const deviceName = nameDevice(device);
  const seen = given.filter((one) => one.deviceName === deviceName && nowMs - one.atMs < repeatAfterMs);
  return problems.some((problem) => !seen.some((one) => one.problem === problem));
}

/** Adds what the user sees now, and drops what is too old to matter. */
export function noteWarning(
  given: readonly GivenWarning[],
  device: Device,
  problems: readonly DeviceProblem[],
  nowMs: number,
  repeatAfterMs: number,
): readonly GivenWarning[] {
  const deviceName = nameDevice(device);
  const kept = given.filter(
    (one) =>
      nowMs - one.atMs < repeatAfterMs && !(one.deviceName === deviceName && problems.includes(one.problem)),
  );
  return [...kept, ...problems.map((problem) => ({ deviceName, problem, atMs: nowMs }))];
}
