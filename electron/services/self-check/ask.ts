/** Asks one part of the PC at a time, each with a deadline, so that a broken part costs one item and not the report. */
import { fail, type Result, succeed } from '../../../shared/lib/result.ts';
import type { SelfCheckItemName } from '../../../shared/self-check/report.ts';
import type { Capability } from '../../../shared/wire/events.ts';
import type { PortFact } from '../../domain/self-check/evaluate-facts.ts';
import type { Clock } from '../../platform/time/clock.ts';

/** Longer than the longest promise of a port that is asked here (the account's 10 s). */
const portDeadlineMs = 15_000;

interface PortQuestion<Value> {
  readonly capability: () => Capability;
  readonly read: () => Promise<Result<Value, { readonly kind: string; readonly reason: string }>>;
  /** What the technician sees of a good answer; may be empty. */
  readonly describe?: (value: Value) => string;
}

export interface Asker {
  /** The items are answered: nothing more is waited for on their behalf. */
  note(...names: readonly SelfCheckItemName[]): void;
  /** Never rejects. An error, and no answer within 15 s, are a reason. */
  ask<Value>(
    question: () => Value | Promise<Value>,
    ...names: readonly SelfCheckItemName[]
  ): Promise<Result<Value, string>>;
  /** Asks a port one question. `value` is undefined where it gave no good answer. */
  askPort<Value>(
    name: SelfCheckItemName,
    question: PortQuestion<Value>,
  ): Promise<{ readonly fact: PortFact; readonly value: Value | undefined }>;
}

export function createAsker(clock: Clock, onAnswered: (name: SelfCheckItemName) => void): Asker {
  const note = (...names: readonly SelfCheckItemName[]): void => {
    for (const name of names) onAnswered(name);
  };

  const askOnce = <Value>(question: () => Value | Promise<Value>): Promise<Result<Value, string>> =>
    new Promise((resolve) => {
      const stopTimer = clock.setTimer(portDeadlineMs, () =>
        resolve(fail(`no answer within ${portDeadlineMs} ms`)),
      );
      void Promise.resolve()
        .then(question)
        .then(
          (value) => resolve(succeed(value)),
          (error: unknown) => resolve(fail(describeFailure(error))),
        )
        .finally(stopTimer);
    });

  const ask: Asker['ask'] = async (question, ...names) => {
    const answer = await askOnce(question);
    note(...names);
    return answer;
  };

  return {
    note,
    ask,
    askPort: async (name, { capability, read, describe }) => {
      const asked = await ask(read, name);
      const answer = asked.ok ? asked.value : fail({ kind: 'unreadable', reason: asked.error });
      // After the answer: many ports know what they can do only once they were asked.
      const { level, reason } = capability();
      if (!answer.ok) return { fact: { level, detail: reason, problem: answer.error }, value: undefined };
      const detail = [reason, describe?.(answer.value) ?? ''].filter((part) => part !== '').join('; ');
      return { fact: { level, detail, problem: undefined }, value: answer.value };
    },
  };
}

/** The fact of a port whose adapter could not be loaded. */
export function unloaded(reason: string): PortFact {
  return { level: 'none', detail: reason, problem: { kind: 'unreadable', reason } };
}

/** The fact of a port that is asked for its capability alone. */
export function asCapable({ level, reason }: Capability): PortFact {
  return { level, detail: reason, problem: undefined };
}

export function describeFailure(error: unknown): string {
  if (!(error instanceof Error)) return 'no answer';
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}
