/** For tests whose ports answer at once: none of them waits for a clock, a disk or a network. */
import { setImmediate } from 'node:timers/promises';

/**
 * Resolves when every promise that can settle without an event from outside has settled: Node empties its queue of
 * microtasks before the next turn of its loop.
 */
export const drainMicrotasks = (): Promise<void> => setImmediate();
