/** The thread that computes password hashes, which take a noticeable time, beside the requests of agents. */
import { parentPort, workerData } from 'node:worker_threads';
import { argon2id, argon2Verify } from 'hash-wasm';
import { z } from 'zod';

/** OWASP Password Storage Cheat Sheet, argon2id: 19 MiB, 2 iterations, 1 lane. */
const cost = { memorySize: 19 * 1024, iterations: 2, parallelism: 1, hashLength: 32 };

const taskSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('hash'), password: z.string(), salt: z.instanceof(Uint8Array) }),
  z.object({ kind: z.literal('verify'), password: z.string(), hash: z.string() }),
]);
const task = taskSchema.parse(workerData);

parentPort?.postMessage(
  task.kind === 'hash'
    ? await argon2id({ ...cost, password: task.password, salt: task.salt, outputType: 'encoded' })
    : await argon2Verify({ password: task.password, hash: task.hash }),
);
