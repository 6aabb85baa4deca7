/** Runs a long command in a thread, reports its progress each second, and ends it cleanly on Ctrl+C. */
import { rm } from 'node:fs/promises';
import { Worker } from 'node:worker_threads';
import type { Console, ExitCode } from './policy-tool.ts';
import { startProgress } from './progress.ts';

export type ThreadMessage =
  | { readonly kind: 'print'; readonly text: string }
  | { readonly kind: 'complain'; readonly text: string }
  | { readonly kind: 'progress'; readonly text: string }
  /** A folder that the thread is about to fill, and removes when it is done. */
  | { readonly kind: 'keep'; readonly path: string }
  | { readonly kind: 'ended'; readonly exitCode: ExitCode };

/** 128 and the number of SIGINT, as shells report it. */
const stoppedExitCode = 130;

export async function runApart(
  commandLine: readonly string[],
  { print, complain }: Console,
): Promise<ExitCode | typeof stoppedExitCode> {
  const folders: string[] = [];
  const progress = startProgress(print);
  const thread = new Worker(new URL('./import-thread.ts', import.meta.url), { workerData: commandLine });
  let isStopped = false;
  const stop = () => {
    isStopped = true;
    void thread.terminate();
  };
  process.on('SIGINT', stop).on('SIGTERM', stop);
  try {
    const exitCode = await new Promise<ExitCode | undefined>((resolve, reject) => {
      let answer: ExitCode | undefined;
      thread.on('message', (message: ThreadMessage) => {
        if (message.kind === 'ended') answer = message.exitCode;
        else if (message.kind === 'keep') folders.push(message.path);
        else if (message.kind === 'print') print(message.text);
        else if (message.kind === 'complain') complain(message.text);
        else progress.report(message.text);
      });
      thread.on('error', reject);
      thread.on('exit', () => resolve(answer));
    });
    if (exitCode !== undefined) return exitCode;
    for (const folder of folders) await rm(folder, { recursive: true, force: true });
    complain(isStopped ? 'policy: stopped' : 'policy: the import ended without an answer');
    return isStopped ? stoppedExitCode : 1;
  } finally {
    progress.end();
    process.off('SIGINT', stop).off('SIGTERM', stop);
  }
}
