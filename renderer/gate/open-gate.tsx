/** Gives the gate's page its life: on top of the first screen that the main process drew, or from nothing. */
import { createRoot, hydrateRoot } from 'react-dom/client';
import type { BridgeOf, Revised } from '../../shared/ipc/contract.ts';
import type { GateContract, GateState } from '../../shared/ipc/gate.ts';
import type { EarlyInput } from './early-input.ts';
import { createGateModel } from './gate-model.ts';
import { GatePage } from './gate-page.tsx';

function later(delayMs: number, act: () => void): () => void {
  const timer = setTimeout(act, delayMs);
  return () => clearTimeout(timer);
}

interface Options {
  readonly root: HTMLElement;
  readonly bridge: BridgeOf<GateContract>;
  readonly first: Revised<GateState>;
  /** What the user did on the drawn screen; undefined where none was drawn. */
  readonly early: EarlyInput | undefined;
  /** Called once, at the end; from then on the listener gets every newer state. */
  readonly follow: (listener: (state: GateState) => void) => void;
}

export function openGate({ root, bridge, first, early, follow }: Options): void {
  const { state, drawn } = first;
  const model = createGateModel(state, bridge.calls, later, {
    pageSize: drawn?.pageSize ?? { width: window.innerWidth, height: window.innerHeight },
    ...(drawn === undefined ? {} : { paintedScreen: state.screen.name }),
  });
  window.addEventListener('pagehide', model.saveNow);
  if (early === undefined) createRoot(root).render(<GatePage model={model} />);
  else {
    // Before React takes the elements over: what it draws must be what the user has made of them.
    early.enterInto(model);
    hydrateRoot(root, <GatePage model={model} onAlive={early.replay} />);
  }
  follow((newer) => model.receive(newer));
}
