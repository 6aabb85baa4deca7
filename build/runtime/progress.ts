/** Tells the person at the terminal about every step that takes longer than a second, and about no other. */

/** Where progress goes; stderr by default, so that a command's own answer stays alone on stdout. */
export type Print = (line: string) => void;

export const printProgress: Print = (line) => {
  process.stderr.write(`${line}\n`);
};

const quietForMs = 1000;

/** Runs `work`; prints `label…` once it has taken a second, and how long it took when it is done. */
export const step = async <T>(
  label: string,
  work: () => Promise<T>,
  print: Print = printProgress,
): Promise<T> => {
  const startedAtMs = performance.now();
  let announced = false;
  const timer = setTimeout(() => {
    announced = true;
    print(`${label}…`);
  }, quietForMs);
  try {
    const result = await work();
    if (announced) print(`${label}: done in ${((performance.now() - startedAtMs) / 1000).toFixed(1)} s`);
    return result;
  } finally {
    clearTimeout(timer);
  }
};
