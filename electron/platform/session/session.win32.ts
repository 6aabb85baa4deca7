/** Signs out on Windows: the interactive session of the caller, which is ours by definition. */
import { fail, type Result, succeed } from '../../../shared/lib/result.ts';
import type { Capability } from '../../../shared/wire/events.ts';
import { describeError } from '../describe-error.ts';
import { loadNative } from '../native/native.win32.ts';
import { createSessionQuestion } from '../native/session-info.win32.ts';
import { windows } from '../native/windows-numbers.ts';
import type { SessionPort, SessionProblem } from './session-port.ts';

/**
 * With `forceIfHung`, programs that answer may still ask to save; only those that hang are ended. The event log of
 * Windows shows the reason: application, maintenance, planned.
 */
const { logOff, forceIfHung, plannedByApplication } = windows.session;

export function createWindowsSessionPort(): SessionPort {
  let capability: Capability = { name: 'session', level: 'full', reason: '' };

  const request = async (): Promise<Result<'requested', SessionProblem>> => {
    const native = await loadNative();
    if (!native.ok) return fail({ kind: 'none', reason: native.error });
    try {
      const exitWindows = native.value.define<(flags: number, reason: number) => number>(
        'user32.dll',
        'ExitWindowsEx',
        'int32_t',
        ['uint32_t', 'uint32_t'],
      );
      const getLastError = native.value.define<() => number>('kernel32.dll', 'GetLastError', 'uint32_t', []);
      if (exitWindows(logOff | forceIfHung, plannedByApplication) !== 0) return succeed('requested');
      return fail({ kind: 'refused', reason: `Windows did not sign out: error ${getLastError()}` });
    } catch (error) {
      return fail({ kind: 'unreadable', reason: describeError(error) });
    }
  };

  return {
    capability: () => capability,
    signOut: async () => {
      const answer = await request();
      capability = answer.ok
        ? { name: 'session', level: 'full', reason: '' }
        : {
            name: 'session',
            level: answer.error.kind === 'none' ? 'none' : 'degraded',
            reason: answer.error.reason,
          };
      return answer;
    },
    readState: async () => {
      const native = await loadNative();
      if (!native.ok) return fail({ kind: 'none', reason: native.error });
      try {
        const info = createSessionQuestion(native.value)();
        return info === undefined
          ? fail({ kind: 'unreadable', reason: 'Windows did not say how the session stands' })
          : succeed({ inFront: info.isActive, locked: info.isLocked });
      } catch (error) {
        return fail({ kind: 'unreadable', reason: describeError(error) });
      }
    },
  };
}
