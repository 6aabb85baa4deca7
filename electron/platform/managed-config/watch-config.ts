/** Notices that the managed configuration may be another one: by the file system where it tells, and slowly everywhere. */
import { type FSWatcher, watch } from 'node:fs';
import path from 'node:path';
import type { Clock } from '../time/clock.ts';

/** Group Policy itself is refreshed every 90 minutes; a read costs a millisecond. */
const pollMs = 5 * 60 * 1000;
/** A file is written in several steps; this is what is waited for the next of them. */
const gatherMs = 500;

/** Calls `onChange` every five minutes, whether anything has changed or not, until the returned function is called. */
export function pollConfig(clock: Clock, onChange: () => void): () => void {
  let stopTimer = () => {};
  const arm = () => {
    stopTimer = clock.setTimer(pollMs, () => {
      arm();
      onChange();
    });
  };
  arm();
  return () => stopTimer();
}

/**
 * Watches the folder and not the file, because editors and tools put a new file in the old one's place. The poll is the
 * net: for a folder that comes later or is replaced, for a link whose target changes, for file systems that tell nothing.
 */
export function watchConfigFile(file: string, clock: Clock, onChange: () => void): () => void {
  const name = path.basename(file);
  let watcher: FSWatcher | undefined;
  let stopGathering = () => {};

  const close = () => {
    watcher?.close();
    watcher = undefined;
  };
  const noteEvent = (_event: string, changed: string | null) => {
    if (changed !== null && changed !== name) return;
    stopGathering();
    stopGathering = clock.setTimer(gatherMs, onChange);
  };
  const open = () => {
    close();
    try {
      const opened = watch(path.dirname(file), { persistent: false }, noteEvent);
      opened.on('error', () => opened.close());
      watcher = opened;
    } catch {
      // There is no such folder, or no watch left to be had: the poll tries again.
    }
  };

  open();
  const stopPoll = pollConfig(clock, () => {
    open();
    onChange();
  });
  return () => {
    stopPoll();
    stopGathering();
    close();
  };
}
