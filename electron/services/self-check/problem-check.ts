/** The self-check as *Report a problem* runs it: with its progress, and with the lock that it asks for reported. */
import type { CheckState } from '../../../shared/ipc/problem.ts';
import { selfCheckItemNames } from '../../../shared/self-check/report.ts';
import type { LockPort } from '../../platform/lock/lock-port.ts';
import type { NewEvent } from '../../storage/outbox/outbox.ts';
import { type EventParties, lockEvent } from '../idle/lock-events.ts';
import { checkThisPc, type ThisPc } from './check-this-pc.ts';

interface Options {
  readonly pc: ThisPc;
  readonly parties: () => EventParties | undefined;
  readonly report: (event: NewEvent) => Promise<unknown>;
  readonly onChanged: () => void;
  readonly log: (line: string) => void;
}

export interface ProblemCheck {
  state(): CheckState;
  /** Does nothing while a check runs. Never rejects: a check that breaks ends in the state `broken`. */
  run(mayLock: boolean): Promise<void>;
}

export function createProblemCheck(options: Options): ProblemCheck {
  const { pc, log } = options;
  let state: CheckState = { state: 'not-begun' };
  const enter = (next: CheckState) => {
    state = next;
    options.onChanged();
  };

  return {
    state: () => state,
    run: async (mayLock) => {
      if (state.state === 'running') return;
      const waitingFor = new Set(selfCheckItemNames);
      enter({ state: 'running', waitingFor: [...waitingFor] });
      try {
        const lock = reportLocks(pc.platform.lock, options);
        const report = await checkThisPc(
          { ...pc, platform: { ...pc.platform, lock } },
          {
            consentsToLock: mayLock,
            onAnswered: (name) => {
              waitingFor.delete(name);
              enter({ state: 'running', waitingFor: [...waitingFor] });
            },
          },
        );
        log(`self-check: ${report.result}`);
        enter({ state: 'done', report });
      } catch (error) {
        log(`self-check: ${String(error)}`);
        enter({ state: 'broken' });
      }
    },
  };
}

/** The self-check locks the screen for real, so the agent reports it as a lock. */
function reportLocks(lock: LockPort, { parties, report }: Pick<Options, 'parties' | 'report'>): LockPort {
  return {
    ...lock,
    lock: async () => {
      const locked = await lock.lock();
      const named = parties();
      const asked = { cause: 'asked', attempts: 1 } as const;
      if (named !== undefined) {
        void report(
          lockEvent(
            locked.ok
              ? { kind: 'locked', certainty: locked.value, ...asked }
              : { kind: 'lock-failed', reason: locked.error.reason, ...asked },
            named,
          ),
        );
      }
      return locked;
    },
  };
}
