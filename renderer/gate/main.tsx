/** Entry of the gate. */
import type { GateContract } from '../../shared/ipc/gate.ts';
import { connect } from '../bridge/connect.ts';
import { followWindowState } from '../bridge/window-state.ts';
import { mount } from '../components/mount.tsx';
import { run } from '../components/run.ts';
import { createGateModel } from './gate-model.ts';
import { GatePage } from './gate-page.tsx';

const bridge = connect<GateContract>();

function later(delayMs: number, act: () => void): () => void {
  const timer = setTimeout(act, delayMs);
  return () => clearTimeout(timer);
}

run(
  followWindowState<GateContract>(bridge).then((states) => {
    const model = createGateModel(states.getState().state, bridge.calls, later);
    states.subscribe(({ state }) => model.receive(state));
    window.addEventListener('pagehide', model.saveNow);
    mount(<GatePage model={model} />);
  }),
);
