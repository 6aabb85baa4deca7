/** Finds the bridge that this window's preload script has put on `window.porthor`. */
import type { BridgeOf, WindowContract } from '../../shared/ipc/contract.ts';

/** `Contract` is this window's own contract. Main chose the bridge when it opened the window. */
export function connect<Contract extends WindowContract>(): BridgeOf<Contract> {
  const { porthor } = window as unknown as { readonly porthor?: BridgeOf<Contract> };
  if (porthor === undefined) throw new Error('window: porthor: the preload script has not run');
  return porthor;
}
