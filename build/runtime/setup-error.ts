/** The error with which a developer's command ends: what went wrong, and what the developer can do about it. */
import './require-node.ts';

export class SetupError extends Error {
  readonly advice: string;

  constructor(message: string, advice: string) {
    super(message);
    this.name = 'SetupError';
    this.advice = advice;
  }
}

const adviceByCode: Readonly<Record<string, string>> = {
  ENOSPC: 'The disk is full. Free some space and run the same command again.',
  EACCES: 'This account may not write there. Check who owns the folder and run the same command again.',
  EROFS: 'The disk is read-only here. Use a copy of the project on a disk that can be written.',
  EMFILE: 'Too many files are open. Raise the limit (ulimit -n 4096) and run the same command again.',
};

/** Two plain lines for any failure: what happened, then what to do. A stack is shown only for an unexpected error. */
export const explainFailure = (error: unknown): string => {
  if (error instanceof SetupError) return `${error.message}\n${error.advice}`;
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const advice = adviceByCode[code];
  if (error instanceof Error && advice !== undefined) return `${error.message}\n${advice}`;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
};

/** Runs a command's main function; a failure is explained on stderr and the exit code becomes 1. */
export const runMain = async (main: () => Promise<number>): Promise<void> => {
  try {
    process.exitCode = await main();
  } catch (error) {
    console.error(explainFailure(error));
    process.exitCode = 1;
  }
};
