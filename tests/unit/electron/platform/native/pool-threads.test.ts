/** How calls that may wait long share the threads of the runtime's pool. */
import { expect, it } from 'vitest';
import { createLine, createPoolThreads } from '../../../../../electron/platform/native/pool-threads.ts';
import { drainMicrotasks } from '../../../../support/drain-microtasks.ts';

/** Work that ends when the test says so. */
function createWorks() {
  const started: string[] = [];
  const ends = new Map<string, (error?: Error) => void>();
  return {
    started,
    work: (name: string) => () => {
      started.push(name);
      return new Promise<string>((resolve, reject) => {
        ends.set(name, (error) => (error === undefined ? resolve(name) : reject(error)));
      });
    },
    end: async (name: string, error?: Error) => {
      ends.get(name)?.(error);
      await drainMicrotasks();
    },
  };
}

it('leaves one of the four threads free, and starts what waits in order', async () => {
  const threads = createPoolThreads();
  const { started, work, end } = createWorks();
  const answers = ['a', 'b', 'c', 'd', 'e'].map((name) => threads.run(work(name)));
  await drainMicrotasks();
  expect(started).toEqual(['a', 'b', 'c']);
  await end('b');
  expect(started).toEqual(['a', 'b', 'c', 'd']);
  for (const name of ['a', 'c', 'd', 'e']) await end(name);
  expect(await Promise.all(answers)).toEqual(['a', 'b', 'c', 'd', 'e']);
});

it('frees the thread of work that fails', async () => {
  const threads = createPoolThreads(1);
  const { started, work, end } = createWorks();
  const failing = threads.run(work('a')).catch((error: unknown) => String(error));
  const next = threads.run(work('b'));
  await drainMicrotasks();
  await end('a', new Error('no server'));
  expect(await failing).toBe('Error: no server');
  expect(started).toEqual(['a', 'b']);
  await end('b');
  expect(await next).toBe('b');
});

it('lets a line hold one thread only, so that other kinds of calls go on beside a silent server', async () => {
  const threads = createPoolThreads();
  const names = createLine(threads);
  const seals = createLine(threads);
  const { started, work, end } = createWorks();
  void names.run(work('name 1'));
  void names.run(work('name 2'));
  void seals.run(work('seal 1'));
  void seals.run(work('seal 2'));
  void threads.run(work('drive'));
  await drainMicrotasks();
  expect(started.toSorted()).toEqual(['drive', 'name 1', 'seal 1']);
  await end('name 1');
  expect(started).toContain('name 2');
  expect(started).not.toContain('seal 2');
});
