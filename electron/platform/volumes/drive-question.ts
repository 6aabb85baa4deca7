/** Asks drives a question within a deadline, and keeps an answer that comes later. */
import type { Clock } from '../time/clock.ts';
import type { DriveTurns } from './drive-turns.ts';

export type DriveAnswer<Answer> =
  | { readonly kind: 'answered'; readonly answer: Answer }
  /** Nothing came in time. `last` is what the drive answered before; undefined where it never did. */
  | { readonly kind: 'silent'; readonly last: Answer | undefined };

export interface DriveQuestion<Answer> {
  /** While a drive has not answered, the same question is not put to it again. Rejects where the work does. */
  ask(drive: string): Promise<DriveAnswer<Answer>>;
  /** The drives that were asked, and have not answered in time. */
  silent(): readonly string[];
  /** Forgets what drives answered that are gone: another drive may come under the same name. */
  keepOnly(drives: ReadonlySet<string>): void;
}

interface Options<Answer> {
  readonly clock: Clock;
  readonly turns: DriveTurns;
  readonly deadlineMs: number;
  readonly work: (drive: string) => Promise<Answer>;
  /** A silent drive has answered after all. The next `ask` gives that answer without asking again. */
  readonly onLateAnswer: () => void;
}

interface Asked<Answer> {
  pending: Promise<Answer> | undefined;
  hasStarted: boolean;
  isOverdue: boolean;
  last: { readonly answer: Answer } | undefined;
  /** When an overdue answer came, on the monotonic clock, until it is used. */
  lateAtMs: number | undefined;
}

/** A late answer that was not used by then describes the drive no longer. */
const lateAnswerCountsForMs = 10_000;

export function createDriveQuestion<Answer>(options: Options<Answer>): DriveQuestion<Answer> {
  const { clock, turns, deadlineMs, work, onLateAnswer } = options;
  const asked = new Map<string, Asked<Answer>>();

  const begin = (drive: string, entry: Asked<Answer>): Promise<Answer> => {
    const settle = () => {
      entry.pending = undefined;
      entry.hasStarted = false;
      if (!entry.isOverdue) return;
      entry.isOverdue = false;
      entry.lateAtMs = clock.monotonicMs();
      if (asked.get(drive) === entry) onLateAnswer();
    };
    const pending = turns.run([drive], () => {
      entry.hasStarted = true;
      return work(drive);
    });
    entry.pending = pending;
    pending.then(
      (answer) => {
        entry.last = { answer };
        settle();
      },
      () => {
        entry.last = undefined;
        settle();
      },
    );
    return pending;
  };

  return {
    ask: async (drive) => {
      const entry: Asked<Answer> = asked.get(drive) ?? {
        pending: undefined,
        hasStarted: false,
        isOverdue: false,
        last: undefined,
        lateAtMs: undefined,
      };
      asked.set(drive, entry);
      const { lateAtMs, last } = entry;
      entry.lateAtMs = undefined;
      if (
        lateAtMs !== undefined &&
        last !== undefined &&
        clock.monotonicMs() - lateAtMs < lateAnswerCountsForMs
      ) {
        return { kind: 'answered', answer: last.answer };
      }
      const pending = entry.pending ?? begin(drive, entry);
      let callOff = () => {};
      const late = new Promise<DriveAnswer<Answer>>((resolve) => {
        callOff = clock.setTimer(deadlineMs, () => {
          entry.isOverdue = entry.pending !== undefined;
          resolve({ kind: 'silent', last: entry.last?.answer });
        });
      });
      try {
        return await Promise.race([
          pending.then((answer): DriveAnswer<Answer> => ({ kind: 'answered', answer })),
          late,
        ]);
      } finally {
        callOff();
      }
    },
    silent: () =>
      [...asked].flatMap(([drive, { isOverdue, hasStarted }]) => (isOverdue && hasStarted ? [drive] : [])),
    keepOnly: (drives) => {
      for (const drive of [...asked.keys()]) if (!drives.has(drive)) asked.delete(drive);
    },
  };
}
