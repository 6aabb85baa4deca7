/** Keeps warnings from nagging: the same thing for the same reason not more than once in a while. */

import type { Device } from '../../../shared/device/device.ts';
import { normaliseSerial, serialQuality } from '../../../shared/device/serial-number.ts';
import type { DeviceProblem } from '../../../shared/device/verdict.ts';

export interface GivenWarning {
  readonly thing: string;
  readonly problem: DeviceProblem;
  /** On the monotonic clock. */
  readonly atMs: number;
}

/** One name for the same thing plugged in again. Without a number of its own it is known by its model and its port. */
function nameThing(medium: Device): string {
  const model = `${medium.kind} ${medium.vendorId}:${medium.productId}`;
  return serialQuality(medium.serial) === 'good'
    ? `${model} ${normaliseSerial(medium.serial)}`
    : `${model} at ${medium.port === '' ? medium.key : medium.port}`;
}

/** A problem that the person has not been told of is told at once, whatever the time. */
export function isWarningDue(
  medium: Device,
  problems: readonly DeviceProblem[],
  given: readonly GivenWarning[],
  nowMs: number,
  repeatAfterMs: number,
): boolean {
  if (problems.length === 0) return false;
  const thing = nameThing(medium);
  const told = given.filter((one) => one.thing === thing && nowMs - one.atMs < repeatAfterMs);
  return problems.some((problem) => !told.some((one) => one.problem === problem));
}

/** Notes when a person was told last, and forgets what is too old to matter. */
export function noteWarning(
  given: readonly GivenWarning[],
  medium: Device,
  problems: readonly DeviceProblem[],
  nowMs: number,
  repeatAfterMs: number,
): readonly GivenWarning[] {
  const thing = nameThing(medium);
  const kept = given.filter(
    (one) => nowMs - one.atMs < repeatAfterMs && !(one.thing === thing && problems.includes(one.problem)),
  );
  return [...kept, ...problems.map((problem) => ({ thing, problem, atMs: nowMs }))];
}
