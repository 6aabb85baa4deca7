/** Whether a process still runs. One that is dead and only waits to be collected by its parent does not. */
import { readFileSync } from 'node:fs';

/** From Linux's own table: a signal would reach the dead as well. */
export const isRunning = (pid: number): boolean => {
  try {
    const [, state = 'Z'] = readFileSync(`/proc/${pid}/stat`, 'utf8').match(/\) (\S)/) ?? [];
    return state !== 'Z' && state !== 'X';
  } catch {
    return false;
  }
};
