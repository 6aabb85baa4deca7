/**
 * Follows media from being plugged in to being gone: one insertion each, however often the bus lets go of them in
 * between (USBGuard#543, #594).
 */

import type { Arrival, Device } from '../../../shared/device/device.ts';
import { serialQuality } from '../../../shared/device/serial-number.ts';
import { isSameThing } from './approval.ts';

export interface Insertion {
  /** Rises with every insertion of this run. */
  readonly number: number;
  /** `present`: it was there already when the agent began to look, or when the PC woke up. */
  readonly arrival: Arrival;
  /** As it was seen last. */
  readonly medium: Device;
  /** On the monotonic clock; undefined while it is there. */
  readonly leftAtMs: number | undefined;
}

export interface Watch {
  readonly insertions: readonly Insertion[];
  readonly lastNumber: number;
  /** The first look, on the monotonic clock; undefined before it. */
  readonly beganAtMs: number | undefined;
  /** What the first look found plugged in and not ready yet. */
  readonly waitingThen: readonly string[];
  readonly isAsleep: boolean;
  /** The latest waking up, on the monotonic clock. */
  readonly wokeAtMs: number | undefined;
}

export const emptyWatch: Watch = {
  insertions: [],
  lastNumber: 0,
  beganAtMs: undefined,
  waitingThen: [],
  isAsleep: false,
  wokeAtMs: undefined,
};

/**
 * A reset of a hub or a port lets a thing go and finds it again at the same port within about two seconds. A person
 * takes longer to pull a stick and to put it in again.
 */
export const returnWithinMs = 3000;

/** After waking up, docks and hubs come back one after the other, sometimes under other numbers. */
export const settleAfterWakingMs = 15_000;

/** A stick that was there at the start may take this long until its volumes are known. */
const settleAfterStartMs = 15_000;

export interface Observation {
  readonly watch: Watch;
  readonly arrived: readonly Insertion[];
  /** Gone for good. */
  readonly ended: readonly Insertion[];
  /** Something will be decided at this moment though nothing happens; look again then. */
  readonly lookAgainAtMs: number | undefined;
}

export function fallAsleep(watch: Watch): Watch {
  return { ...watch, isAsleep: true };
}

/** What is found soon after counts as having been there: nobody can tell when in the night it was plugged in. */
export function wakeUp(watch: Watch, nowMs: number): Watch {
  return { ...watch, isAsleep: false, wokeAtMs: nowMs };
}

function isWakingUp({ isAsleep, wokeAtMs }: Watch, nowMs: number): boolean {
  return isAsleep || (wokeAtMs !== undefined && nowMs - wokeAtMs < settleAfterWakingMs);
}

function wasThereAtStart({ beganAtMs, waitingThen }: Watch, medium: Device, nowMs: number): boolean {
  if (beganAtMs === undefined) return true;
  return nowMs - beganAtMs < settleAfterStartMs && waitingThen.includes(medium.key);
}

/** The same thing again: at the same port, or anywhere after waking up if its number singles it out. */
function isReturn(left: Device, medium: Device, wakingUp: boolean): boolean {
  if (left.kind !== medium.kind || !isSameThing(left, medium)) return false;
  if (left.port === medium.port && left.port !== '') return true;
  return (wakingUp || left.port === '') && serialQuality(medium.serial) === 'good';
}

/** `media` is everything that is plugged in now, ready or not. */
export function observe(watch: Watch, media: readonly Device[], nowMs: number): Observation {
  const wakingUp = isWakingUp(watch, nowMs);
  const ready = media.filter(({ isReady }) => isReady);
  const byKey = new Map(ready.map((medium) => [medium.key, medium]));
  const known = new Set<string>();

  let insertions = watch.insertions.map((insertion): Insertion => {
    const now = byKey.get(insertion.medium.key);
    if (now === undefined) return { ...insertion, leftAtMs: insertion.leftAtMs ?? nowMs };
    known.add(now.key);
    return { ...insertion, medium: now, leftAtMs: undefined };
  });

  let { lastNumber } = watch;
  const arrived: Insertion[] = [];
  for (const medium of ready) {
    if (known.has(medium.key)) continue;
    const returned = insertions.find(
      ({ leftAtMs, medium: left }) => leftAtMs !== undefined && isReturn(left, medium, wakingUp),
    );
    if (returned !== undefined) {
      insertions = insertions.map((one) =>
        one === returned ? { ...one, medium, leftAtMs: undefined } : one,
      );
      continue;
    }
    lastNumber += 1;
    const wasThere = wakingUp || wasThereAtStart(watch, medium, nowMs);
    arrived.push({
      number: lastNumber,
      arrival: wasThere ? 'present' : 'inserted',
      medium,
      leftAtMs: undefined,
    });
  }

  // While the PC sleeps, or has just woken up, nothing is called gone: it may not have been found again yet.
  const endsAtMs = (leftAtMs: number): number =>
    wakingUp
      ? Math.max(leftAtMs + returnWithinMs, (watch.wokeAtMs ?? nowMs) + settleAfterWakingMs)
      : leftAtMs + returnWithinMs;
  const isOver = ({ leftAtMs }: Insertion): boolean =>
    !watch.isAsleep && leftAtMs !== undefined && endsAtMs(leftAtMs) <= nowMs;
  const ended = insertions.filter(isOver);
  const staying = [...insertions.filter((insertion) => !isOver(insertion)), ...arrived];
  const ends = watch.isAsleep
    ? []
    : staying.flatMap(({ leftAtMs }) => (leftAtMs === undefined ? [] : [endsAtMs(leftAtMs)]));

  return {
    watch: {
      insertions: staying,
      lastNumber,
      beganAtMs: watch.beganAtMs ?? nowMs,
      waitingThen:
        watch.beganAtMs === undefined
          ? media.filter(({ isReady }) => !isReady).map(({ key }) => key)
          : watch.waitingThen,
      isAsleep: watch.isAsleep,
      wokeAtMs: watch.wokeAtMs,
    },
    arrived,
    ended,
    lookAgainAtMs: ends.length === 0 ? undefined : Math.min(...ends),
  };
}
