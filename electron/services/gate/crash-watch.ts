/** Counts the crashes in front of a shut gate, over restarts of the agent. */
import { isCrashLimitReached, recentCrashes } from '../../domain/policy-gate/crash-limit.ts';
import type { SettingsStore } from '../../storage/settings/settings.ts';

/**
 * Only what happens within one login session counts: whoever declines, is signed out and signs in again has not met
 * a broken agent, and must not get past the gate by doing so often. Nor do kills of an agent whose gate is open count.
 */
export interface CrashWatch {
  /** Before the gate is shown. A run that finds the mark of one before it follows a crash or a kill. */
  noteStart(): Promise<void>;
  /** The page of the gate has died. */
  noteCrash(): Promise<void>;
  /** The gate has opened, or the agent ends in order. */
  noteEnd(): Promise<void>;
  isLimitReached(): boolean;
}

const mostKept = 100;

/** @param openAfterCrashes within two minutes; 0 means never. */
export function createCrashWatch(
  settings: SettingsStore,
  loginId: string,
  openAfterCrashes: number,
  nowUtc: () => Date,
): CrashWatch {
  const ofThisLogin = () => {
    const { gateCrashes } = settings.current();
    return gateCrashes?.loginId === loginId ? gateCrashes : { loginId, at: [] };
  };
  const add = async (wasCrash: boolean): Promise<void> => {
    const now = nowUtc();
    const { at } = ofThisLogin();
    const kept = [...recentCrashes(at, now), ...(wasCrash ? [now.toISOString()] : [])].slice(-mostKept);
    await settings.update((current) => ({
      ...current,
      gateCrashes: { loginId, at: kept, shutSince: now.toISOString() },
    }));
  };
  return {
    noteStart: () => add(ofThisLogin().shutSince !== undefined),
    noteCrash: () => add(true),
    noteEnd: async () => {
      const { at } = ofThisLogin();
      await settings.update((current) => ({ ...current, gateCrashes: { loginId, at } }));
    },
    isLimitReached: () => isCrashLimitReached(ofThisLogin().at, openAfterCrashes, nowUtc()),
  };
}
