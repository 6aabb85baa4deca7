/** Words the state of the idle lock for the tray and the information window. */
import { type IdleStatus, idleOff } from '../../../shared/ipc/information.ts';
import type { IdleSettings, IdleState } from '../../domain/idle/idle-state.ts';
import type { Presence } from '../../platform/presence/presence-port.ts';

export interface IdleStatusFacts {
  readonly state: IdleState;
  readonly settings: IdleSettings;
  /** The system's own limit; undefined where an administrator has set none. */
  readonly systemLimitSeconds: number | undefined;
  readonly canRead: boolean;
  readonly canLock: boolean;
  readonly presences: readonly Presence[];
  /** The UTC time, ISO, of a monotonic moment. */
  readonly toUtc: (monotonicMs: number) => string;
}

export function toIdleStatus(facts: IdleStatusFacts): IdleStatus {
  const { state, settings, systemLimitSeconds, presences, toUtc } = facts;
  const ownLimit = settings.lockAfterSeconds;
  const isSystemSooner = systemLimitSeconds !== undefined && systemLimitSeconds < ownLimit;
  const lockAfterSeconds = isSystemSooner ? systemLimitSeconds : ownLimit;
  const common = { ...idleOff, lockAfterSeconds, limitedBy: isSystemSooner ? 'system' : 'school' } as const;
  if (!facts.canRead) return { ...common, state: 'cannot-tell' };
  if (!facts.canLock) return { ...common, state: 'cannot-lock' };
  const countsFromMs = Math.max(state.lastInputAtMs, state.armedAtMs);
  const [presence] = presences;
  if (presence !== undefined) {
    return {
      ...common,
      state: 'held',
      heldBy: presence.kind,
      heldByName: presence.by,
      heldUntil: toUtc(countsFromMs + (ownLimit + settings.holdCeilingSeconds) * 1000),
    };
  }
  const locksAt = state.phase.name === 'away' ? '' : toUtc(countsFromMs + lockAfterSeconds * 1000);
  return { ...common, state: 'watching', locksAt };
}
