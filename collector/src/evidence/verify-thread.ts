/** A thread of a verification: it opens the database for reading and runs the tasks that it is sent. */
import { parentPort, workerData } from 'node:worker_threads';
import { openReadOnly } from '../storage/read-only.ts';
import type { FromVerifyThread, VerifySource } from './verify-pool.ts';
import { createTaskRunner, type VerifyTask } from './verify-tasks.ts';

const port = parentPort;
if (port === null) throw new Error('this file runs as a thread');

const running = openReadOnly(workerData as VerifySource).then(createTaskRunner);

async function answer(task: VerifyTask): Promise<FromVerifyThread> {
  try {
    const run = await running;
    return { ok: true, report: await run(task) };
  } catch (error) {
    return { ok: false, message: error instanceof Error ? error.message : String(error) };
  }
}

port.on('message', (task: VerifyTask) => {
  void answer(task).then((reply) => port.postMessage(reply));
});
