/** Where every part of the agent reports: events go into the outbox, and faults wait until there is one. */
import { fail, type Result, succeed } from '../../../shared/lib/result.ts';
import type { Machine } from '../../../shared/wire/account.ts';
import type { AppendProblem, NewEvent, Outbox } from '../../storage/outbox/outbox.ts';
import type { StorageFault } from '../../storage/storage-fault.ts';
import { describeFault } from './fault-event.ts';

export interface Reports {
  /** The error is a sentence for the user. */
  report(event: NewEvent): Promise<Result<undefined, string>>;
  /** Logs and reports a fault once per run, because a fault that is found every few seconds would flood the outbox. */
  onFault(fault: StorageFault): void;
  /** Logs a fault without reporting it. */
  logFault(fault: StorageFault): void;
  /** Reports into this outbox from now on, the waiting faults first. */
  recordIn(outbox: Pick<Outbox, 'append'>, machine: Machine): void;
}

export function createReports(log: (line: string) => void): Reports {
  let target: { readonly outbox: Pick<Outbox, 'append'>; readonly machine: Machine } | undefined;
  const waiting: StorageFault[] = [];
  const reported = new Set<string>();

  const report: Reports['report'] = async (event) => {
    if (target === undefined) return fail('The records of this PC cannot be opened.');
    const appended = await target.outbox.append(event);
    if (appended.ok) return succeed(undefined);
    log(`not recorded: ${event.type}: ${appended.error.kind}: ${appended.error.reason}`);
    return fail(describeAppendProblem(appended.error));
  };
  const logFault = (fault: StorageFault) => log(`fault: ${fault.fault}: ${fault.subject}: ${fault.reason}`);
  return {
    report,
    logFault,
    onFault: (fault) => {
      const key = `${fault.fault}\n${fault.subject}\n${fault.reason}`;
      if (reported.has(key)) return;
      reported.add(key);
      logFault(fault);
      if (target === undefined) waiting.push(fault);
      else void report(describeFault(fault, target.machine));
    },
    recordIn: (outbox, machine) => {
      target = { outbox, machine };
      for (const fault of waiting.splice(0)) void report(describeFault(fault, machine));
    },
  };
}

/** A sentence for the user. */
export function describeAppendProblem({ kind, reason }: AppendProblem): string {
  return kind === 'disk-full' ? 'The disk of this PC is full.' : `${kind}: ${reason}`;
}
