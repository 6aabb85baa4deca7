/** Starts the writer thread, hands writes to it, and starts another one when it ends unexpectedly. */
import { Worker } from 'node:worker_threads';
import type { WriteResult } from './group-writer.ts';
import { StorageError } from './storage.ts';
import type { FromWriterThread, ToWriterThread } from './writer-messages.ts';
import type { QueuedWrite } from './writes.ts';

export interface WriterThread {
  run(write: QueuedWrite): Promise<WriteResult>;
  /** Resolves when all writes are done and the thread has ended. */
  close(): Promise<void>;
}

export function createWriterThread(options: {
  readonly file: string;
  readonly busyTimeoutMs: number;
}): WriterThread {
  const waiting = new Map<number, (result: WriteResult) => void>();
  let nextId = 0;
  let thread: Worker | undefined;
  let reason = 'it ended';

  function failAll(): void {
    const lost = [...waiting.values()];
    waiting.clear();
    // The thread may have committed: the sender asks again, and an event that is there is a duplicate then.
    for (const settle of lost) {
      settle({ ok: false, error: new StorageError('unusable', `the writer thread failed: ${reason}`) });
    }
  }

  function settle(message: FromWriterThread): void {
    const waiter = waiting.get(message.id);
    waiting.delete(message.id);
    if (message.ok) {
      waiter?.({ ok: true, value: message.value });
      return;
    }
    const error =
      message.trouble === undefined
        ? new Error(message.message)
        : new StorageError(message.trouble, message.message);
    if (message.stack !== undefined) error.stack = message.stack;
    waiter?.({ ok: false, error });
  }

  function start(): Worker {
    const started = new Worker(new URL('./sqlite-writer-thread.ts', import.meta.url), {
      workerData: options,
      name: 'writer',
    });
    started.on('message', settle);
    started.on('error', (error: Error) => {
      reason = error.message;
    });
    started.on('exit', () => {
      if (thread === started) thread = undefined;
      failAll();
    });
    return started;
  }

  function send(message: ToWriterThread): void {
    thread ??= start();
    thread.postMessage(message);
  }

  // The first write does not wait for the start of the thread.
  thread = start();
  return {
    run(write) {
      return new Promise((resolve) => {
        nextId += 1;
        waiting.set(nextId, resolve);
        send({ kind: 'write', id: nextId, write });
      });
    },
    async close() {
      const last = thread;
      if (last === undefined) return;
      const ended = new Promise((resolve) => last.once('exit', resolve));
      send({ kind: 'close' });
      await ended;
    },
  };
}
