/** Takes pending leaves into the log, in turns. Any number of collectors may run one; each turn is of one of them. */
import type { LogRepository, SequencingResult } from '../repositories/log.ts';
import { findDueDay } from '../repositories/log-records.ts';
import { type Storage, storageTrouble } from '../storage/storage.ts';

/** Half of what is promised, so that a slow turn keeps the promise too. */
const everyMs = 500;
/** In one transaction. Ingest on SQLite waits for it, about 0.1 s. */
const mostLeaves = 10_000;
/** How often the sequencer looks for a day that is over. */
const dayLookEveryMs = 60_000;

const complaints: Partial<Record<SequencingResult, string>> = {
  'other-key':
    'The log is signed with another key than that in log.key. Put in place the file of the collector that started the log. Until then this collector signs nothing.',
  broken:
    'The log in the database is not the log that was signed, so nothing more is signed. Run verify, and restore a backup.',
};

export interface Sequencer {
  /** Resolves when no turn is under way. */
  stop(): Promise<void>;
}

export function startSequencer(deps: {
  readonly storage: Storage;
  readonly repository: Pick<LogRepository, 'isWaiting'>;
  /** As the key file holds it. */
  readonly keyText: string;
  /** The key that signs the log now, after a rotation; undefined where this collector does not have it. */
  readonly rereadKey: () => Promise<string | undefined>;
  readonly now: () => Date;
  readonly log: (line: string) => void;
}): Sequencer {
  let isStopped = false;
  let { keyText } = deps;
  let timer: NodeJS.Timeout | undefined;
  let said = '';

  /** Once for each trouble, because every turn may meet it. */
  const complain = (line: string): void => {
    if (line !== said && line !== '') deps.log(line);
    said = line;
  };

  let lookedAtMs = Number.NEGATIVE_INFINITY;
  /** A day becomes a pending leaf of its own. */
  async function closeDays(): Promise<void> {
    if (performance.now() - lookedAtMs < dayLookEveryMs) return;
    for (;;) {
      const now = deps.now();
      const due = isStopped ? undefined : await findDueDay(deps.storage.reader, now.getTime());
      if (due === undefined) break;
      await deps.storage.write('log.closeDay', { ...due, at: now.toISOString() });
    }
    lookedAtMs = performance.now();
  }

  async function takeTurn(): Promise<void> {
    try {
      await closeDays();
      if (!(await deps.repository.isWaiting())) return;
      let result: SequencingResult = 'more';
      while (result === 'more' && !isStopped) {
        result = await deps.storage.write('log.sequence', { keyText, mostLeaves });
        if (result !== 'other-key') continue;
        const reread = await deps.rereadKey();
        if (reread === undefined || reread === keyText) break;
        keyText = reread;
        result = 'more';
      }
      complain(complaints[result] ?? '');
    } catch (error) {
      // A database that is busy or away says so to those who use it; the leaves wait.
      if (storageTrouble(error) === undefined) complain(`The log did not grow: ${String(error)}`);
    }
  }

  let turn = Promise.resolve();
  const schedule = (): void => {
    if (isStopped) return;
    timer = setTimeout(() => {
      turn = takeTurn().then(schedule);
    }, everyMs);
    // A start that fails later must not be kept from ending.
    timer.unref();
  };
  turn = takeTurn().then(schedule);
  return {
    async stop() {
      isStopped = true;
      clearTimeout(timer);
      await turn;
    },
  };
}
