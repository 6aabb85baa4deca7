/** Locks the screen on Linux: logind passes the request to the desktop, whose own lock screen answers. */
import { fail, succeed } from '../../../shared/lib/result.ts';
import { withDeadline } from '../deadline.ts';
import type { Logind, LogindProblem } from '../logind/logind.linux.ts';
import type { Clock } from '../time/clock.ts';
import type { LockPort } from './lock-port.ts';
import { waitUntilLocked } from './wait-until-locked.ts';

const requestDeadlineMs = 10_000;

export function createLinuxLockPort(logind: Logind, clock: Clock): LockPort {
  let lastProblem: LogindProblem | undefined;

  const request = async () => {
    const absence = logind.absence();
    if (absence !== undefined) return fail<LogindProblem>({ kind: 'none', reason: absence });
    const own = await logind.findOwnSession();
    if (!own.ok) return own;
    const answer = await logind.callSession(own.value, 'Lock');
    return answer.ok ? succeed(own.value) : answer;
  };

  return {
    capability: () => {
      const absence = logind.absence() ?? (lastProblem?.kind === 'none' ? lastProblem.reason : undefined);
      if (absence !== undefined) return { name: 'lock', level: 'none', reason: absence };
      return lastProblem === undefined
        ? { name: 'lock', level: 'full', reason: '' }
        : { name: 'lock', level: 'degraded', reason: lastProblem.reason };
    },
    lock: async () => {
      const inTime = await withDeadline(request(), requestDeadlineMs);
      const requested = inTime.ok
        ? inTime.value
        : fail<LogindProblem>({
            kind: 'unreadable',
            reason: `logind gave no answer within ${requestDeadlineMs} ms`,
          });
      if (!requested.ok) {
        lastProblem = requested.error;
        return requested;
      }
      const locked = await waitUntilLocked(clock, async () => {
        const hint = await logind.readLockedHint(requested.value);
        return hint.ok && hint.value;
      });
      lastProblem = locked
        ? undefined
        : {
            kind: 'unreadable',
            reason: 'the desktop took the request to lock and did not say that it has locked',
          };
      return succeed(locked ? 'confirmed' : 'requested');
    },
    lockAtOnce: () => {
      const absence = logind.absence();
      return absence === undefined ? logind.lockAtOnce() : fail({ kind: 'none', reason: absence });
    },
  };
}
