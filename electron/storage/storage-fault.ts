/** Faults of the agent's own files, worded as a fault event reports them. */

export type StorageFault = {
  /** Short stable name, for instance `outbox-torn`. */
  readonly fault: string;
  /** File name without its path. */
  readonly subject: string;
  /** A plain sentence: what was found, what is kept, what is lost. */
  readonly reason: string;
};

/** Why a write failed. */
export type WriteProblem = { readonly kind: 'disk-full' | 'write-failed'; readonly reason: string };

/** The code of a Node system error, such as `ENOENT`; empty for any other error. */
export function errorCode(error: unknown): string {
  if (typeof error !== 'object' || error === null || !('code' in error)) return '';
  return typeof error.code === 'string' ? error.code : '';
}

/** One line about an error, without the path in Node's messages, because paths contain names of people. */
export function errorReason(error: unknown): string {
  const code = errorCode(error);
  if (code !== '') return code;
  return error instanceof Error ? error.message : String(error);
}

export function writeProblem(error: unknown): WriteProblem {
  const code = errorCode(error);
  const full = code === 'ENOSPC' || code === 'EDQUOT';
  return { kind: full ? 'disk-full' : 'write-failed', reason: errorReason(error) };
}
