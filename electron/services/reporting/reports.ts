/** What the agent tells: events into the outbox, and faults, which may come before there is an outbox to tell them to. */
import { fail, type Result, succeed } from '../../../shared/lib/result.ts';
import type { Machine } from '../../../shared/wire/account.ts';
import type { AppendProblem, NewEvent, Outbox } from '../../storage/outbox/outbox.ts';
import type { StorageFault } from '../../storage/storage-fault.ts';
import { describeFault } from './fault-event.ts';

export interface Reports {
  /** The error is a sentence for the person before the screen. */
  report(event: NewEvent): Promise<Result<undefined, string>>;
  /** Into the log at once, and to the school once a run: what is read every few seconds goes wrong every few seconds. */
  onFault(fault: StorageFault): void;
  /** Into the log alone. */
  logFault(fault: StorageFault): void;
  /** The records are open: faults that waited for them are told, and what comes goes there. */
  recordIn(outbox: Pick<Outbox, 'append'>, machine: Machine): void;
}

export function createReports(log: (line: string) => void): Reports {
  let records: { readonly outbox: Pick<Outbox, 'append'>; readonly machine: Machine } | undefined;
  const waiting: StorageFault[] = [];
  const told = new Set<string>();

  const report: Reports['report'] = async (event) => {
    if (records === undefined) return fail('The records of this PC cannot be opened.');
    const appended = await records.outbox.append(event);
    if (appended.ok) return succeed(undefined);
    log(`not recorded: ${event.type}: ${appended.error.kind}: ${appended.error.reason}`);
    return fail(describeAppendProblem(appended.error));
  };
  const logFault = (fault: StorageFault) => log(`fault: ${fault.fault}: ${fault.subject}: ${fault.reason}`);
  return {
    report,
    logFault,
    onFault: (fault) => {
      const words = `${fault.fault}\n${fault.subject}\n${fault.reason}`;
      if (told.has(words)) return;
      told.add(words);
      logFault(fault);
      if (records === undefined) waiting.push(fault);
      else void report(describeFault(fault, records.machine));
    },
    recordIn: (outbox, machine) => {
      records = { outbox, machine };
      for (const fault of waiting.splice(0)) void report(describeFault(fault, machine));
    },
  };
}

/** For the person before the screen. */
export function describeAppendProblem({ kind, reason }: AppendProblem): string {
  return kind === 'disk-full' ? 'The disk of this PC is full.' : `${kind}: ${reason}`;
}
