/** Entry of the cover: a display beside the one that carries the gate. */
import type { CoverContract } from '../../shared/ipc/cover.ts';
import { connect } from '../bridge/connect.ts';
import { followWindowState } from '../bridge/window-state.ts';
import { mount } from '../components/mount.tsx';
import { run } from '../components/run.ts';
import { CoverPage } from './cover-page.tsx';

const bridge = connect<CoverContract>();

run(
  followWindowState<CoverContract>(bridge).then((store) => {
    mount(<CoverPage store={store} comeHere={() => run(bridge.calls.comeHere({}))} />);
  }),
);
