import { describe, expect, it } from 'vitest';
import { createPoolThreads } from '../../../../../electron/platform/native/pool-threads.ts';
import { createDriveTurns } from '../../../../../electron/platform/volumes/drive-turns.ts';
import { drainMicrotasks } from '../../../../support/drain-microtasks.ts';

/** Runs pieces of work that a test ends by name, and keeps which have started. */
function followTurns() {
  const turns = createDriveTurns(createPoolThreads());
  const started: string[] = [];
  const ends = new Map<string, () => void>();
  return {
    started,
    run: (name: string, ...drives: readonly string[]) => {
      void turns.run(drives, () => {
        started.push(name);
        return new Promise<void>((resolve) => ends.set(name, resolve));
      });
    },
    end: async (name: string) => {
      ends.get(name)?.();
      await drainMicrotasks();
    },
    turns,
  };
}

describe('the turns of drives', () => {
  it('let one piece of work at a time reach a drive, in their order', async () => {
    const { run, end, started } = followTurns();
    run('first', 'E');
    run('second', 'E');
    run('other', 'F');
    expect(started).toEqual(['first', 'other']);
    await end('first');
    expect(started).toEqual(['first', 'other', 'second']);
  });

  it('leave a thread of the pool to other work, however many drives are stuck', async () => {
    const { run, end, started } = followTurns();
    for (const drive of ['E', 'F', 'G', 'H']) run(drive, drive);
    expect(started).toEqual(['E', 'F', 'G']);
    await end('F');
    expect(started).toEqual(['E', 'F', 'G', 'H']);
  });

  it('start work on several drives when all are free, and let no later work pass it on any of them', async () => {
    const { run, end, started } = followTurns();
    run('question', 'E');
    run('eject', 'E', 'F');
    run('later', 'F');
    expect(started).toEqual(['question']);
    await end('question');
    expect(started).toEqual(['question', 'eject']);
    await end('eject');
    expect(started).toEqual(['question', 'eject', 'later']);
  });

  it('go on after work that failed, and pass its failure on', async () => {
    const { run, started, turns } = followTurns();
    const failing = turns.run(['E'], () => Promise.reject(new Error('pulled out')));
    run('next', 'E');
    await expect(failing).rejects.toThrow('pulled out');
    await drainMicrotasks();
    expect(started).toEqual(['next']);
  });
});
