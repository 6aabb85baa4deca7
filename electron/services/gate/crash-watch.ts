/** Counts the crashes in front of a shut gate, over restarts of the agent. */
import { crashesCountForSeconds, isCrashLimitReached, recentCrashes } from '../../domain/gate/crash-limit.ts';
import type { SettingsStore } from '../../storage/settings/settings.ts';

/**
 * Counts crashes of one login session only. A user who declines and signs in again has met no broken agent, and must
 * not pass the gate by repeating that. Kills of an agent whose gate is open do not count either.
 */
export interface CrashWatch {
  /** An agent has run in this login before. Call it before `noteStart`. */
  hasRunBefore(): boolean;
  /**
   * How the gate was opened in this login. A restart does not shut out a user whom the technician or the crash limit let
   * in. This is no proof of an acceptance, because a user who can write the file can write that too.
   */
  openedBy(): KeptOpening | undefined;
  /** Call before the gate is shown. A run that finds the mark of an earlier run follows a crash or a kill. */
  noteStart(): Promise<void>;
  /** The page of the gate has died. */
  noteCrash(): Promise<void>;
  /** The gate has opened, or the agent ends in order. */
  noteEnd(openedBy?: KeptOpening): Promise<void>;
  /** The gate is shut, perhaps again: no earlier opening outlasts that. */
  noteShut(): Promise<void>;
  isLimitReached(): boolean;
}

export type KeptOpening = NonNullable<NonNullable<Settings['gateCrashes']>['openedBy']>;
type Settings = ReturnType<SettingsStore['current']>;

const mostKept = 100;

/**
 * @param openAfterCrashes crashes within two minutes plus the pauses between them; 0 means never.
 * @param pauseSeconds how long no agent runs before the watchdog restarts a dead one.
 */
export function createCrashWatch(
  settings: SettingsStore,
  loginId: string,
  openAfterCrashes: number,
  nowUtc: () => Date,
  pauseSeconds = 0,
): CrashWatch {
  const countForSeconds = crashesCountForSeconds(openAfterCrashes, pauseSeconds);
  const ofThisLogin = (): NonNullable<Settings['gateCrashes']> => {
    const { gateCrashes } = settings.current();
    return gateCrashes?.loginId === loginId ? gateCrashes : { loginId, at: [] };
  };
  const add = async (wasCrash: boolean): Promise<void> => {
    const now = nowUtc();
    const known = ofThisLogin();
    const recent = recentCrashes(known.at, now, countForSeconds);
    const at = [...recent, ...(wasCrash ? [now.toISOString()] : [])].slice(-mostKept);
    await settings.update((current) => ({
      ...current,
      gateCrashes: { ...known, at, shutSince: now.toISOString() },
    }));
  };
  return {
    noteStart: () => add(ofThisLogin().shutSince !== undefined),
    noteCrash: () => add(true),
    noteEnd: async (openedBy) => {
      const { shutSince: _shutSince, ...known } = ofThisLogin();
      const gateCrashes = { ...known, ...(openedBy === undefined ? {} : { openedBy }) };
      await settings.update((current) => ({ ...current, gateCrashes }));
    },
    isLimitReached: () => isCrashLimitReached(ofThisLogin().at, openAfterCrashes, nowUtc(), countForSeconds),
    hasRunBefore: () => settings.current().gateCrashes?.loginId === loginId,
    openedBy: () => ofThisLogin().openedBy,
    noteShut: async () => {
      const { openedBy, ...known } = ofThisLogin();
      if (openedBy === undefined) return;
      const gateCrashes = { ...known, shutSince: nowUtc().toISOString() };
      await settings.update((current) => ({ ...current, gateCrashes }));
    },
  };
}
