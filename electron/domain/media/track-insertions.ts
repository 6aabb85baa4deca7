/**
 * Follows each device from insertion to removal. A device that the bus resets in between stays one insertion
 * (USBGuard#543, #594).
 */

import type { Arrival, Device } from '../../../shared/device/device.ts';
import { serialQuality } from '../../../shared/device/serial-number.ts';
import { isSameDevice } from './approval.ts';

export interface Insertion {
  /** Counts up during one run of the agent. */
  readonly number: number;
  readonly arrival: Arrival;
  /** As the agent saw it last. */
  readonly device: Device;
  /** On the monotonic clock; undefined while it is plugged in. */
  readonly leftAtMs: number | undefined;
}

export interface InsertionTracker {
  readonly insertions: readonly Insertion[];
  readonly lastNumber: number;
  /** The first refresh, on the monotonic clock; undefined before it. */
  readonly firstAtMs: number | undefined;
  /** Keys of the devices that were plugged in but not ready at the first refresh. */
  readonly unreadyAtFirst: readonly string[];
  readonly isAsleep: boolean;
  /** When the PC last woke up, on the monotonic clock. */
  readonly wokeAtMs: number | undefined;
}

export const emptyTracker: InsertionTracker = {
  insertions: [],
  lastNumber: 0,
  firstAtMs: undefined,
  unreadyAtFirst: [],
  isAsleep: false,
  wokeAtMs: undefined,
};

/**
 * After a reset of a hub or a port, a device comes back at the same port within about two seconds. A person takes
 * longer to pull a stick out and to plug it in again.
 */
export const returnWithinMs = 3000;

/** After the PC wakes up, docks and hubs come back one after the other, sometimes at other ports. */
export const settleAfterWakingMs = 15_000;

/** A stick that was plugged in before the start may take this long to show its volumes. */
const settleAfterStartMs = 15_000;

export interface TrackedInsertions {
  readonly tracker: InsertionTracker;
  readonly arrived: readonly Insertion[];
  /** The device did not come back in time. */
  readonly ended: readonly Insertion[];
  /** An insertion may end at this moment without a further event, so refresh then. */
  readonly refreshAtMs: number | undefined;
}

export function fallAsleep(tracker: InsertionTracker): InsertionTracker {
  return { ...tracker, isAsleep: true };
}

/** Devices that appear soon after count as present, because nothing shows when they were plugged in. */
export function wakeUp(tracker: InsertionTracker, nowMs: number): InsertionTracker {
  return { ...tracker, isAsleep: false, wokeAtMs: nowMs };
}

function isWakingUp({ isAsleep, wokeAtMs }: InsertionTracker, nowMs: number): boolean {
  return isAsleep || (wokeAtMs !== undefined && nowMs - wokeAtMs < settleAfterWakingMs);
}

function wasThereAtStart(
  { firstAtMs, unreadyAtFirst }: InsertionTracker,
  device: Device,
  nowMs: number,
): boolean {
  if (firstAtMs === undefined) return true;
  return nowMs - firstAtMs < settleAfterStartMs && unreadyAtFirst.includes(device.key);
}

/** The same device again: at the same port, or at any port after a wake-up where its serial number identifies it. */
function isReturn(left: Device, device: Device, wakingUp: boolean): boolean {
  if (left.kind !== device.kind || !isSameDevice(left, device)) return false;
  if (left.port === device.port && left.port !== '') return true;
  return (wakingUp || left.port === '') && serialQuality(device.serial) === 'good';
}

/** @param devices every device that is plugged in now, ready or not. */
export function trackInsertions(
  tracker: InsertionTracker,
  devices: readonly Device[],
  nowMs: number,
): TrackedInsertions {
  const wakingUp = isWakingUp(tracker, nowMs);
  const ready = devices.filter(({ isReady }) => isReady);
  const byKey = new Map(ready.map((device) => [device.key, device]));
  const known = new Set<string>();

  // While the PC sleeps or has just woken up, no insertion ends: the bus may not have found the device again yet.
  const endsAtMs = (leftAtMs: number): number =>
    wakingUp
      ? Math.max(leftAtMs + returnWithinMs, (tracker.wokeAtMs ?? nowMs) + settleAfterWakingMs)
      : leftAtMs + returnWithinMs;
  const isOver = ({ leftAtMs }: Insertion): boolean =>
    !tracker.isAsleep && leftAtMs !== undefined && endsAtMs(leftAtMs) <= nowMs;
  // First, so that a device that came back too late begins a new insertion, however late this refresh is.
  const ended = tracker.insertions.filter(isOver);
  const lasting = tracker.insertions.filter((insertion) => !isOver(insertion));

  let insertions = lasting.map((insertion): Insertion => {
    const now = byKey.get(insertion.device.key);
    if (now === undefined) return { ...insertion, leftAtMs: insertion.leftAtMs ?? nowMs };
    known.add(now.key);
    return { ...insertion, device: now, leftAtMs: undefined };
  });

  let { lastNumber } = tracker;
  const arrived: Insertion[] = [];
  for (const device of ready) {
    if (known.has(device.key)) continue;
    const returned = insertions.find(
      ({ leftAtMs, device: left }) => leftAtMs !== undefined && isReturn(left, device, wakingUp),
    );
    if (returned !== undefined) {
      insertions = insertions.map((one) =>
        one === returned ? { ...one, device, leftAtMs: undefined } : one,
      );
      continue;
    }
    lastNumber += 1;
    const wasThere = wakingUp || wasThereAtStart(tracker, device, nowMs);
    arrived.push({
      number: lastNumber,
      arrival: wasThere ? 'present' : 'inserted',
      device,
      leftAtMs: undefined,
    });
  }

  const staying = [...insertions, ...arrived];
  const ends = tracker.isAsleep
    ? []
    : staying.flatMap(({ leftAtMs }) => (leftAtMs === undefined ? [] : [endsAtMs(leftAtMs)]));

  return {
    tracker: {
      insertions: staying,
      lastNumber,
      firstAtMs: tracker.firstAtMs ?? nowMs,
      unreadyAtFirst:
        tracker.firstAtMs === undefined
          ? devices.filter(({ isReady }) => !isReady).map(({ key }) => key)
          : tracker.unreadyAtFirst,
      isAsleep: tracker.isAsleep,
      wokeAtMs: tracker.wokeAtMs,
    },
    arrived,
    ended,
    refreshAtMs: ends.length === 0 ? undefined : Math.min(...ends),
  };
}
