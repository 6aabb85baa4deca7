/** On Linux a program that shows a video inhibits idle at logind. Desktops pass on their programs' inhibitors. */
import { fail, succeed } from '../../../shared/lib/result.ts';
import { withDeadline } from '../deadline.ts';
import type { Logind, LogindProblem } from '../logind/logind.linux.ts';
import type { PresencePort, PresenceProblem } from './presence-port.ts';

const deadlineMs = 5000;

export function createLinuxPresencePort(logind: Logind, uid: number): PresencePort {
  let lastProblem: PresenceProblem | undefined;

  const read = async () => {
    const absence = logind.absence();
    if (absence !== undefined) return fail<LogindProblem>({ kind: 'none', reason: absence });
    return logind.listInhibitors();
  };

  return {
    capability: () => {
      const absence = logind.absence() ?? (lastProblem?.kind === 'none' ? lastProblem.reason : undefined);
      if (absence !== undefined) return { name: 'presence', level: 'none', reason: absence };
      return lastProblem === undefined
        ? { name: 'presence', level: 'full', reason: '' }
        : { name: 'presence', level: 'degraded', reason: lastProblem.reason };
    },
    read: async () => {
      const inTime = await withDeadline(read(), deadlineMs);
      const answer = inTime.ok
        ? inTime.value
        : fail<LogindProblem>({
            kind: 'unreadable',
            reason: `logind gave no answer within ${deadlineMs} ms`,
          });
      if (!answer.ok) {
        const { kind, reason } = answer.error;
        lastProblem = { kind: kind === 'none' ? 'none' : 'unreadable', reason };
        return fail(lastProblem);
      }
      lastProblem = undefined;
      const own = answer.value.filter(
        // Another person's film on the same PC says nothing about this session; the system's own services may.
        (inhibitor) =>
          inhibitor.mode === 'block' &&
          inhibitor.what.split(':').includes('idle') &&
          (inhibitor.uid === uid || inhibitor.uid === 0),
      );
      return succeed(own.map(({ who }) => ({ kind: 'display-required' as const, by: who.slice(0, 100) })));
    },
  };
}
