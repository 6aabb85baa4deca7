/** Puts `window.porthor` into a page: the only code that touches `ipcRenderer`. */
import { contextBridge, ipcRenderer } from 'electron';
import {
  type BridgeOf,
  type CallName,
  channels,
  type Revised,
  type StateOf,
  type WindowContract,
} from '../../shared/ipc/contract.ts';

/** Every call of a contract by name. A forgotten or a foreign name does not compile. */
type CallNames<Contract extends WindowContract> = Readonly<Record<CallName<Contract>, true>>;

/**
 * Exposes exactly the calls named here and nothing of Electron itself.
 * Nothing is parsed on this side: the main process parses what comes in and what goes out, and a page is
 * never trusted with more than its own contract. That also keeps the schemas out of the sandboxed script.
 */
export function exposeBridge<Contract extends WindowContract>(
  window: Contract['window'],
  names: CallNames<Contract>,
): void {
  const calls = Object.fromEntries(
    Object.keys(names).map((name) => [
      name,
      (input: unknown): Promise<unknown> => ipcRenderer.invoke(channels.call(window, name), input),
    ]),
  );
  const bridge = {
    getState: (): Promise<unknown> => ipcRenderer.invoke(channels.getState(window)),
    onState: (listener: (revised: Revised<StateOf<Contract>>) => void) => {
      const forward = (_event: unknown, revised: Revised<StateOf<Contract>>): void => listener(revised);
      ipcRenderer.on(channels.state(window), forward);
      return () => {
        ipcRenderer.off(channels.state(window), forward);
      };
    },
    calls,
  } satisfies Record<keyof BridgeOf<Contract>, unknown>;
  contextBridge.exposeInMainWorld('porthor', bridge);
}
