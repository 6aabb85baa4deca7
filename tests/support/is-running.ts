/** Whether a process still runs. A zombie, which only waits for its parent, does not. */
import { readFileSync } from 'node:fs';

/** From Linux's process table, because a signal would also reach a zombie. */
export const isRunning = (pid: number): boolean => {
  try {
    const [, state = 'Z'] = readFileSync(`/proc/${pid}/stat`, 'utf8').match(/\) (\S)/) ?? [];
    return state !== 'Z' && state !== 'X';
  } catch {
    return false;
  }
};
