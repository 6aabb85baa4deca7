/** Signs out on Linux by having logind end our own session. */
import { fail, succeed } from '../../../shared/lib/result.ts';
import { withDeadline } from '../deadline.ts';
import type { Logind, LogindProblem } from '../logind/logind.linux.ts';
import type { SessionPort } from './session-port.ts';

const deadlineMs = 10_000;

export function createLinuxSessionPort(logind: Logind): SessionPort {
  let lastProblem: LogindProblem | undefined;

  const signOut = async () => {
    const absence = logind.absence();
    if (absence !== undefined) return fail<LogindProblem>({ kind: 'none', reason: absence });
    const own = await logind.findOwnSession();
    if (!own.ok) return own;
    const answer = await logind.callSession(own.value, 'Terminate');
    return answer.ok ? succeed('requested' as const) : answer;
  };

  const readState = async () => {
    const absence = logind.absence();
    if (absence !== undefined) return fail<LogindProblem>({ kind: 'none', reason: absence });
    const own = await logind.findOwnSession();
    return own.ok ? logind.readSession(own.value) : own;
  };

  return {
    capability: () => {
      const absence = logind.absence() ?? (lastProblem?.kind === 'none' ? lastProblem.reason : undefined);
      if (absence !== undefined) return { name: 'session', level: 'none', reason: absence };
      return lastProblem === undefined
        ? { name: 'session', level: 'full', reason: '' }
        : { name: 'session', level: 'degraded', reason: lastProblem.reason };
    },
    signOut: async () => {
      const inTime = await withDeadline(signOut(), deadlineMs);
      const answer = inTime.ok
        ? inTime.value
        : fail<LogindProblem>({
            kind: 'unreadable',
            reason: `logind gave no answer within ${deadlineMs} ms`,
          });
      lastProblem = answer.ok ? undefined : answer.error;
      return answer;
    },
    readState: async () => {
      const inTime = await withDeadline(readState(), deadlineMs);
      if (inTime.ok) return inTime.value;
      return fail({ kind: 'unreadable', reason: `logind gave no answer within ${deadlineMs} ms` });
    },
  };
}
