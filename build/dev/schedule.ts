/** Decides which parts run side by side on a number of cores. */

export interface Scheduled {
  readonly name: string;
  /** Cores that it keeps busy; more than there are means that it runs alone. */
  readonly cores: number;
  /** Names of parts that end before this one starts. Names that are not in the list are ignored. */
  readonly after?: readonly string[];
}

/**
 * The parts to start now, in the order of the list. A part that is ready and does not fit keeps the later ones waiting,
 * so that narrow parts cannot delay a wide one for ever.
 */
export const chooseNext = <T extends Scheduled>(
  parts: readonly T[],
  cores: number,
  running: ReadonlySet<string>,
  ended: ReadonlySet<string>,
): readonly T[] => {
  const width = (part: T) => Math.min(part.cores, cores);
  const isWaitingFor = (name: string) => !ended.has(name) && parts.some((part) => part.name === name);
  let free =
    cores - parts.filter(({ name }) => running.has(name)).reduce((sum, part) => sum + width(part), 0);
  const chosen: T[] = [];
  for (const part of parts) {
    if (running.has(part.name) || ended.has(part.name)) continue;
    if (part.after?.some(isWaitingFor) === true) continue;
    if (width(part) > free) break;
    free -= width(part);
    chosen.push(part);
  }
  return chosen;
};

/** Runs every part once. `run` must not reject. Rejects for parts that wait for each other. */
export const schedule = <T extends Scheduled>(
  parts: readonly T[],
  cores: number,
  run: (part: T) => Promise<void>,
): Promise<void> =>
  new Promise((resolve, reject) => {
    const running = new Set<string>();
    const ended = new Set<string>();
    const goOn = (): void => {
      for (const part of chooseNext(parts, cores, running, ended)) {
        running.add(part.name);
        run(part).then(() => {
          running.delete(part.name);
          ended.add(part.name);
          goOn();
        }, reject);
      }
      if (running.size > 0) return;
      const left = parts.filter(({ name }) => !ended.has(name)).map(({ name }) => name);
      if (left.length === 0) resolve();
      else reject(new Error(`schedule: ${left.join(', ')}: they wait for each other`));
    };
    goOn();
  });
