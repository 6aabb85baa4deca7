/** How long the agent waits for a file that another program holds. */
import { describe, expect, it } from 'vitest';
import { type Patience, whileHeld } from '../../../../electron/storage/held-file.ts';

function createWorld(forMs: number) {
  let nowMs = 0;
  const pauses: number[] = [];
  const patience: Patience = {
    forMs,
    pause: (pauseMs) => {
      pauses.push(pauseMs);
      nowMs += pauseMs;
      return Promise.resolve();
    },
    nowMs: () => nowMs,
  };
  /** Fails with the code until that moment. */
  const heldUntil = (endMs: number, code: string) => () =>
    nowMs < endMs ? Promise.reject(Object.assign(new Error(code), { code })) : Promise.resolve('done');
  return { patience, pauses, heldUntil };
}

describe('a held file', () => {
  it('is waited for with growing pauses, for seconds', async () => {
    const { patience, pauses, heldUntil } = createWorld(8000);
    const work = heldUntil(7500, 'EPERM');
    expect(await whileHeld(work, { codes: ['EPERM'], patience })).toBe('done');
    expect(pauses.slice(0, 12)).toEqual([10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 100, 100]);
  });

  it('is given up at the deadline, with the system’s own error', async () => {
    const { patience, pauses, heldUntil } = createWorld(8000);
    const work = heldUntil(60_000, 'EBUSY');
    await expect(whileHeld(work, { codes: ['EBUSY'], patience })).rejects.toMatchObject({ code: 'EBUSY' });
    expect(pauses.reduce((sum, pause) => sum + pause, 0)).toBeLessThanOrEqual(8000);
  });

  it('is not what another error means', async () => {
    const { patience, pauses, heldUntil } = createWorld(8000);
    const work = heldUntil(60_000, 'ENOSPC');
    await expect(whileHeld(work, { codes: ['EBUSY'], patience })).rejects.toMatchObject({ code: 'ENOSPC' });
    expect(pauses).toEqual([]);
  });
});
