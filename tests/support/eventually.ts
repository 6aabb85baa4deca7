/** Waits for a condition that a busy machine may reach late. */
import { vi } from 'vitest';

/** Much longer than any of these takes; it only ends a wait for what never comes. */
const deadlineMs = 30_000;

/** Calls `check` again and again until it no longer throws. Rejects with its last error after 30 s. */
export function eventually<Value>(check: () => Value | Promise<Value>): Promise<Value> {
  return vi.waitFor(check, { timeout: deadlineMs, interval: 10 });
}
