/** Finds the bridge that this window's preload script has put on `window.porthor`. */
import type { BridgeOf, WindowContract } from '../../shared/ipc/contract.ts';

/** The type is this window's own contract; which bridge is there was decided when the window was opened. */
export function connect<Contract extends WindowContract>(): BridgeOf<Contract> {
  const { porthor } = window as unknown as { readonly porthor?: BridgeOf<Contract> };
  if (porthor === undefined) throw new Error('window: porthor: the preload script has not run');
  return porthor;
}
