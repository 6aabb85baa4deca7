/** Entry of the idle warning, one on each display. */
import type { IdleWarningContract } from '../../shared/ipc/idle-warning.ts';
import { connect } from '../bridge/connect.ts';
import { followWindowState } from '../bridge/window-state.ts';
import { mount } from '../components/mount.tsx';
import { run } from '../components/run.ts';
import { IdleWarningPage } from './idle-warning-page.tsx';

const bridge = connect<IdleWarningContract>();

run(
  followWindowState<IdleWarningContract>(bridge).then((store) => {
    mount(
      <IdleWarningPage
        store={store}
        stay={() => run(bridge.calls.stay({}))}
        onPainted={() => run(bridge.calls.painted({}))}
      />,
    );
  }),
);
