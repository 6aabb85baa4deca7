/** Lets several who ask for the same work at one time share it. */

/** While the work is under way, whoever asks for it gets the same answer; afterwards it is done anew. */
export function oneAtATime<Value>(work: () => Promise<Value>): () => Promise<Value> {
  let underWay: Promise<Value> | undefined;
  return () => {
    underWay ??= work().finally(() => {
      underWay = undefined;
    });
    return underWay;
  };
}
