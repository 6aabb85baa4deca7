/**
 * The agent's own log file. The library behind it is loaded once there is time for it: a person who waits for the gate
 * does not wait for the log. What is said before is kept and written then, in its order.
 */

type LogLevel = 'info' | 'error';

export interface AgentLog {
  /** Never throws: a log that cannot be written ends nothing. */
  write(level: LogLevel, line: string): void;
  /** Loads the library and writes what has been said so far. Never rejects. */
  open(): Promise<void>;
}

/** Lines; of a log that cannot be opened the newest are kept, and no more of them in an agent that stays for months. */
const mostWaiting = 1000;

type WriteLine = (level: LogLevel, line: string) => void;

/** @param load makes the file ready and resolves with what writes a line to it. */
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
        // There is nowhere to tell it.
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
