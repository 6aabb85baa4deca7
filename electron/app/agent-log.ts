/**
 * The agent's own log file. The agent loads the library behind it late, so that a user at the gate does not wait for
 * the log. Lines written before that are kept, and reach the file in their order.
 */

type LogLevel = 'info' | 'error';

export interface AgentLog {
  /** Never throws: an unwritable log does not end the agent. */
  write(level: LogLevel, line: string): void;
  /** Loads the library and writes the lines kept so far. Never rejects. */
  open(): Promise<void>;
}

/** In lines. While the log cannot be opened, the agent keeps only the newest, because it may run for months. */
const mostWaiting = 1000;

type WriteLine = (level: LogLevel, line: string) => void;

/** @param load prepares the file and resolves with the function that writes a line to it. */
export function createAgentLog(load: () => Promise<WriteLine>): AgentLog {
  const waiting: { readonly level: LogLevel; readonly line: string }[] = [];
  let writeLine: WriteLine | undefined;
  let opening: Promise<void> | undefined;

  const drain = (): void => {
    if (writeLine === undefined) return;
    for (const { level, line } of waiting.splice(0)) {
      try {
        writeLine(level, line);
      } catch {
        // The log itself has failed, and there is no other place to report that.
      }
    }
  };
  return {
    write: (level, line) => {
      waiting.push({ level, line });
      if (waiting.length > mostWaiting) waiting.shift();
      drain();
    },
    open: () => {
      opening ??= load().then(
        (loaded) => {
          writeLine = loaded;
          drain();
        },
        () => {
          // The next call to open tries again.
          opening = undefined;
        },
      );
      return opening;
    },
  };
}
