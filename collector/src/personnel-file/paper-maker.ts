/** Writes personnel files in a thread of their own. */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Language } from '../../../shared/lib/language.ts';
import type { FullRecord } from '../routes/console-record.ts';

export interface PaperSource {
  /** A new file. */
  readonly file: string;
  /** `one`: a PDF of one agreement. `pdf`: one of many. `zip`: a PDF for each. */
  readonly form: 'one' | 'pdf' | 'zip';
  /** Of the paper's own words; the policy's text is in the language in which it was signed. */
  readonly language: Language;
  readonly schoolName: string;
  /** ISO UTC. */
  readonly madeAt: string;
}

export type ToPaperThread =
  | { readonly kind: 'record'; readonly record: FullRecord }
  | { readonly kind: 'end' };
export type FromPaperThread = { readonly ok: true } | { readonly ok: false; readonly message: string };

export interface PaperMaker {
  /** Resolves when the record is written. Rejects with Error. */
  add(record: FullRecord): Promise<void>;
  /** Resolves when the file is complete. */
  end(): Promise<void>;
  /** Ends the thread, whatever it does. */
  stop(): Promise<void>;
}

export function startPaperMaker(source: PaperSource): PaperMaker {
  const worker = new Worker(new URL('./paper-thread.ts', import.meta.url), {
    workerData: source,
    name: 'personnel-file',
  });

  async function ask(message: ToPaperThread): Promise<void> {
    worker.postMessage(message);
    const abort = new AbortController();
    const { signal } = abort;
    try {
      const ended = once(worker, 'exit', { signal }).then(
        (): FromPaperThread => ({ ok: false, message: 'stopped' }),
      );
      const answered = once(worker, 'message', { signal }).then(([reply]) => reply as FromPaperThread);
      const reply = await Promise.race([answered, ended]);
      if (!reply.ok) throw new Error(reply.message);
    } finally {
      abort.abort();
    }
  }

  return {
    add: (record) => ask({ kind: 'record', record }),
    end: () => ask({ kind: 'end' }),
    async stop() {
      await worker.terminate();
    },
  };
}
