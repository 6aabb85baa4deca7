/** Locks the screen on Windows. */
import { fail, type Result, succeed } from '../../../shared/lib/result.ts';
import type { Capability } from '../../../shared/wire/events.ts';
import { describeError } from '../describe-error.ts';
import { loadNative, type Native } from '../native/native.win32.ts';
import { createSessionQuestion } from '../native/session-info.win32.ts';
import type { Clock } from '../time/clock.ts';
import type { LockPort, LockProblem } from './lock-port.ts';
import { waitUntilLocked } from './wait-until-locked.ts';

export function createWindowsLockPort(clock: Clock): LockPort {
  let capability: Capability = { name: 'lock', level: 'full', reason: '' };
  let loaded: Native | undefined;
  // The call before a sleep has no time to load anything.
  void loadNative().then((native) => {
    if (native.ok) loaded = native.value;
  });

  const request = async (): Promise<Result<'requested' | 'confirmed', LockProblem>> => {
    const native = await loadNative();
    if (!native.ok) return fail({ kind: 'none', reason: native.error });
    try {
      const asked = askToLock(native.value);
      if (!asked.ok) return asked;
      // That the call returned true says only that it was started.
      const readSession = createSessionQuestion(native.value);
      const locked = await waitUntilLocked(clock, () => Promise.resolve(readSession()?.isLocked === true));
      return succeed(locked ? 'confirmed' : 'requested');
    } catch (error) {
      return fail({ kind: 'unreadable', reason: describeError(error) });
    }
  };

  return {
    capability: () => capability,
    lock: async () => {
      const answer = await request();
      if (!answer.ok) {
        const level = answer.error.kind === 'none' ? 'none' : 'degraded';
        capability = { name: 'lock', level, reason: answer.error.reason };
      } else if (answer.value === 'requested') {
        capability = {
          name: 'lock',
          level: 'degraded',
          reason: 'Windows did not say that the session is locked',
        };
      } else {
        capability = { name: 'lock', level: 'full', reason: '' };
      }
      return answer;
    },
    lockAtOnce: () => {
      if (loaded === undefined) return fail({ kind: 'none', reason: 'Windows cannot be called' });
      try {
        const info = createSessionQuestion(loaded)();
        if (info !== undefined && (!info.isActive || info.isLocked)) return succeed('not-needed');
        return askToLock(loaded);
      } catch (error) {
        return fail({ kind: 'unreadable', reason: describeError(error) });
      }
    },
  };
}

function askToLock(native: Native): Result<'requested', LockProblem> {
  const lockWorkStation = native.define<() => number>('user32.dll', 'LockWorkStation', 'int32_t', []);
  const getLastError = native.define<() => number>('kernel32.dll', 'GetLastError', 'uint32_t', []);
  if (lockWorkStation() !== 0) return succeed('requested');
  return fail({ kind: 'refused', reason: `Windows did not lock: error ${getLastError()}` });
}
