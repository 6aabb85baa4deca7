/** Holds what a window shows: the newest state from the main process, whatever order the messages arrive in. */
import { useStore } from 'zustand';
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { BridgeOf, Revised, StateOf, WindowContract } from '../../shared/ipc/contract.ts';

export type WindowStateStore<State> = StoreApi<Revised<State>>;

/**
 * Resolves with a store when the first state arrives. It subscribes before it asks, so that it misses no push. It
 * never unsubscribes, because the page and its state end together.
 */
export async function followWindowState<Contract extends WindowContract>(
  bridge: Pick<BridgeOf<Contract>, 'getState' | 'onState'>,
): Promise<WindowStateStore<StateOf<Contract>>> {
  let store: WindowStateStore<StateOf<Contract>> | undefined;
  let early: Revised<StateOf<Contract>> | undefined;
  const take = (revised: Revised<StateOf<Contract>>): void => {
    const newest = store?.getState() ?? early;
    if (newest !== undefined && revised.revision <= newest.revision) return;
    if (store === undefined) early = revised;
    else store.setState(revised, true);
  };
  bridge.onState(take);
  take(await bridge.getState());
  const first = early;
  if (first === undefined) throw new Error('window: state: there is none');
  store = createStore(() => first);
  return store;
}

export function useWindowState<State>(store: WindowStateStore<State>): State {
  return useStore(store, ({ state }) => state);
}
