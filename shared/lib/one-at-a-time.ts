/** Lets concurrent callers share one run of the same work. */

/** Callers during a run get its result. The next call after it starts a new run. */
export function oneAtATime<Value>(work: () => Promise<Value>): () => Promise<Value> {
  let underWay: Promise<Value> | undefined;
  return () => {
    underWay ??= work().finally(() => {
      underWay = undefined;
    });
    return underWay;
  };
}
