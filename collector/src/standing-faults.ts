/** What is wrong with this collector now: `/readyz` says it, and the log says it once. */

export interface StandingFaults {
  /** `sentence` says what is wrong and what to do. Undefined: it is right again. */
  set(name: string, sentence: string | undefined): void;
  current(): readonly string[];
}

export function createStandingFaults(log: (line: string) => void): StandingFaults {
  const faults = new Map<string, string>();
  return {
    set(name, sentence) {
      if (sentence === undefined) {
        if (faults.delete(name)) log(`${name}: all is well again`);
        return;
      }
      if (faults.get(name) === sentence) return;
      faults.set(name, sentence);
      log(`${name}: ${sentence}`);
    },
    current: () => [...faults.values()],
  };
}
