/**
 * Follows the collector's log: keeps its newest checkpoint, and lets the next one count only with the proof that the log
 * has grown from it. Two checkpoints that do not fit together are a fault, and both are kept.
 */
import type { Result } from '../../../shared/lib/result.ts';
import {
  type CheckpointText,
  type LogKeys,
  maxNoteCharacters,
  readNote,
} from '../../../shared/wire/log-note.ts';
import type { LogAnchor, LogAnchorStore } from '../../storage/log-anchor/log-anchor.ts';
import type { StorageFault } from '../../storage/storage-fault.ts';
import { followSuccessions, isConsistent, openCheckpoint } from './log-proofs.ts';

/** The questions about its log that the collector answers to anyone. */
interface LogQuestions {
  logCheckpoint(): Promise<Result<string, unknown>>;
  logKeys(): Promise<Result<LogKeys, unknown>>;
  logConsistency(oldSize: number, size: number): Promise<Result<readonly string[], unknown>>;
}

interface LogWatchOptions {
  readonly anchors: LogAnchorStore;
  readonly questions: LogQuestions;
  readonly collectorUrl: string;
  /** Empty where the collector gave none. */
  readonly school: () => string;
  readonly nowUtc: () => Date;
  /** Reports to the school, with the next events. */
  readonly onFault: (fault: StorageFault) => void;
  /** The collector lacks what it had: send again all that this PC still has. */
  readonly resend: () => Promise<void>;
}

export interface LogWatch {
  /** Call it with the checkpoint that came with an answer. Only one is looked at at a time; later ones come again. */
  see(note: string): void;
  /** Call it when the agent starts: a kill may have come between the loss and the end of the resending. */
  start(): Promise<void>;
  /** Call it when the collector has taken all that waited. */
  queueEmptied(): Promise<void>;
  /** Resolves when no checkpoint is being looked at. */
  settled(): Promise<void>;
}

const mostConflicts = 20;

/** The signed part of a note, which fits into a fault event together with another one. */
function brief(note: string): string {
  const parts = readNote(note);
  return parts === undefined
    ? note.slice(0, 200)
    : `${parts.text.trim().replaceAll('\n', ' ')} ${parts.signatures[0]?.signature ?? ''}`;
}

export function createLogWatch(options: LogWatchOptions): LogWatch {
  const { anchors, questions, collectorUrl, nowUtc } = options;
  let running: Promise<void> | undefined;

  async function save(anchor: LogAnchor): Promise<void> {
    const saved = await anchors.save(anchor);
    if (saved.ok) return;
    options.onFault({
      fault: 'checkpoint-not-saved',
      subject: 'log-anchor.json',
      reason: saved.error.reason,
    });
  }

  /** Both are kept, the school gets a report, and the agent follows the log that is there now. */
  async function noteConflict(
    anchor: LogAnchor,
    seen: string,
    verifierKey: string,
    what: string,
  ): Promise<void> {
    const isKnown = anchor.conflicts.some((one) => one.kept === anchor.checkpoint && one.seen === seen);
    const conflict = { kept: anchor.checkpoint, seen, seenAt: nowUtc().toISOString() };
    const conflicts = isKnown ? anchor.conflicts : [...anchor.conflicts, conflict].slice(-mostConflicts);
    const reason = `${what} Kept: ${brief(anchor.checkpoint)}. Seen: ${brief(seen)}.`;
    options.onFault({ fault: 'log-conflict', subject: 'log-anchor.json', reason });
    await save({ ...anchor, verifierKey, checkpoint: seen, conflicts, isResendDue: true });
    await options.resend();
  }

  /** The key that has signed the note: the pinned one, or its successor. Undefined where the collector does not say. */
  async function keyOf(note: string, pinned: string): Promise<string | undefined> {
    if (openCheckpoint(note, pinned) !== undefined) return pinned;
    const keys = await questions.logKeys();
    return keys.ok ? followSuccessions(pinned, keys.value.successions) : undefined;
  }

  async function pin(note: string, school: string): Promise<void> {
    const keys = await questions.logKeys();
    const verifierKey = keys.ok ? keys.value.verifierKey : undefined;
    if (verifierKey === undefined || openCheckpoint(note, verifierKey) === undefined) return;
    await save({ collectorUrl, school, verifierKey, checkpoint: note, isResendDue: false, conflicts: [] });
  }

  /** Two collectors on one database may answer in the wrong order, so ask for the newest once more. */
  async function isSmaller(kept: CheckpointText, key: string): Promise<string | undefined> {
    const again = await questions.logCheckpoint();
    const newest = again.ok ? openCheckpoint(again.value, key) : undefined;
    return again.ok && newest !== undefined && newest.size < kept.size ? again.value : undefined;
  }

  async function proofOf(kept: CheckpointText, seen: CheckpointText): Promise<readonly string[] | undefined> {
    if (kept.size === seen.size || kept.size === 0) return [];
    const proof = await questions.logConsistency(kept.size, seen.size);
    return proof.ok ? proof.value : undefined;
  }

  async function look(note: string): Promise<void> {
    const school = options.school();
    const anchor = anchors.find(collectorUrl, school);
    if (anchor === undefined) return pin(note, school);
    if (anchor.checkpoint === note) return;
    const key = await keyOf(note, anchor.verifierKey);
    if (key === undefined) return;
    const kept =
      openCheckpoint(anchor.checkpoint, anchor.verifierKey) ?? openCheckpoint(anchor.checkpoint, key);
    const seen = openCheckpoint(note, key);
    if (seen === undefined) return noteStrangeKey(anchor, note);
    if (kept === undefined) return pin(note, school);
    if (seen.origin !== kept.origin) {
      return noteConflict(anchor, note, key, 'The log of the collector is another one.');
    }
    if (seen.size < kept.size) {
      const smaller = await isSmaller(kept, key);
      if (smaller === undefined) return undefined;
      return noteConflict(anchor, smaller, key, 'The log of the collector is smaller than it was.');
    }
    const proof = await proofOf(kept, seen);
    if (proof === undefined) return undefined;
    if (!isConsistent(kept, seen, proof)) {
      return noteConflict(anchor, note, key, 'The log of the collector did not grow from what it was.');
    }
    await save({ ...anchor, verifierKey: key, checkpoint: note });
  }

  /** The pinned key stays: only it may name another one. */
  async function noteStrangeKey(anchor: LogAnchor, note: string): Promise<void> {
    if (
      anchor.conflicts.some(
        ({ seen }) => seen === note || brief(seen).split(' ')[0] === brief(note).split(' ')[0],
      )
    )
      return;
    const conflict = { kept: anchor.checkpoint, seen: note, seenAt: nowUtc().toISOString() };
    options.onFault({
      fault: 'log-key-changed',
      subject: 'log-anchor.json',
      reason: `A key that the log’s own key did not name has signed. Kept: ${brief(anchor.checkpoint)}. Seen: ${brief(note)}.`,
    });
    const conflicts = [...anchor.conflicts, conflict].slice(-mostConflicts);
    await save({ ...anchor, conflicts, isResendDue: true });
    await options.resend();
  }

  return {
    see(note) {
      if (running !== undefined || note.length > maxNoteCharacters) return;
      running = look(note)
        .catch((error: unknown) => {
          const reason = error instanceof Error ? error.message : String(error);
          options.onFault({ fault: 'checkpoint-not-checked', subject: 'log-anchor.json', reason });
        })
        .finally(() => {
          running = undefined;
        });
    },
    async start() {
      if (anchors.find(collectorUrl, options.school())?.isResendDue === true) await options.resend();
    },
    async queueEmptied() {
      await running;
      const anchor = anchors.find(collectorUrl, options.school());
      if (anchor?.isResendDue === true) await save({ ...anchor, isResendDue: false });
    },
    settled: () => running ?? Promise.resolve(),
  };
}
