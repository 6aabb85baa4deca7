/** How one key of the log passes it on to the next: a note that both sign, in a leaf of the log. */
import { readSuccessionText, successionText } from '../../../shared/wire/log-note.ts';
import { type LogKey, openNote, signNote } from './checkpoint.ts';

export function signSuccession(old: LogKey, next: LogKey): string {
  return signNote(successionText(old.name, old.verifierKey, next.verifierKey), old, next);
}

/** Undefined for a note that is no succession, or that one of the two keys has not signed. */
function openSuccession(note: string): { readonly oldKey: string; readonly newKey: string } | undefined {
  const read = readSuccessionText(note.slice(0, note.lastIndexOf('\n\n') + 1));
  if (read === undefined) return undefined;
  const isSigned = openNote(note, read.oldKey) !== undefined && openNote(note, read.newKey) !== undefined;
  return isSigned ? read : undefined;
}

/**
 * All keys of a log, newest first: the one that signs now, and those that passed it on. `isWhole` is false where a note
 * leads to no key of the log, or is not signed.
 */
export function keysOfLog(
  current: string,
  notes: readonly string[],
): { readonly keys: readonly string[]; readonly isWhole: boolean } {
  const keys = [current];
  for (const note of notes.toReversed()) {
    const step = openSuccession(note);
    if (step === undefined || step.newKey !== keys.at(-1)) return { keys, isWhole: false };
    keys.push(step.oldKey);
  }
  return { keys, isWhole: true };
}
