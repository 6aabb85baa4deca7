/** The one way in which a part of the agent lets others know that something happened. */

export interface Signal<Values extends readonly unknown[] = []> {
  /** Calls every subscriber, in the order in which they came. */
  emit(...values: Values): void;
  /** Answers the function that ends the subscription. */
  subscribe(subscriber: (...values: Values) => void): () => void;
  /** Ends every subscription, when the part that emits stops. */
  clear(): void;
}

export function createSignal<Values extends readonly unknown[] = []>(): Signal<Values> {
  const subscribers = new Set<{ readonly call: (...values: Values) => void }>();
  return {
    emit: (...values) => {
      // A copy: a subscriber may end its own subscription, or another's.
      for (const subscriber of [...subscribers]) if (subscribers.has(subscriber)) subscriber.call(...values);
    },
    subscribe: (call) => {
      const subscriber = { call };
      subscribers.add(subscriber);
      return () => void subscribers.delete(subscriber);
    },
    clear: () => subscribers.clear(),
  };
}
