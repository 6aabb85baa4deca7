/** Shares the event loop: long work is done in parts, one part a turn, so that short requests are answered in between. */

export type TakeTurn = () => Promise<void>;

/** Each call resolves one turn of the event loop after the call before it, in the order of the calls. */
export function createTurns(): TakeTurn {
  let last = Promise.resolve();
  return () => {
    last = last.then(() => new Promise((resolve) => setImmediate(resolve)));
    return last;
  };
}
