/** Prints what a long command is doing: at once when it starts, and then each second. */

export interface Progress {
  /** Sets what is printed next. */
  readonly report: (text: string) => void;
  readonly end: () => void;
}

const everyMs = 1000;

export function startProgress(print: (line: string) => void): Progress {
  let latest: string | undefined;
  const timer = setInterval(() => {
    if (latest !== undefined) print(latest);
  }, everyMs);
  return {
    report(text) {
      if (latest === undefined) print(text);
      latest = text;
    },
    end: () => clearInterval(timer),
  };
}
