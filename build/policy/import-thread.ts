/** Runs one import in a thread of its own, so that the main thread can report progress and stop it. */
import { parentPort, workerData } from 'node:worker_threads';
import { z } from 'zod';
import { runPolicyTool } from './policy-tool.ts';
import type { ThreadMessage } from './run-apart.ts';

const send = (message: ThreadMessage) => parentPort?.postMessage(message);

const exitCode = await runPolicyTool(z.array(z.string()).parse(workerData), {
  print: (text) => send({ kind: 'print', text }),
  complain: (text) => send({ kind: 'complain', text }),
  progress: (text) => send({ kind: 'progress', text }),
  keep: (path) => send({ kind: 'keep', path }),
});
send({ kind: 'ended', exitCode });
