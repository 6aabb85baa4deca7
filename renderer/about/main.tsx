/** Entry of the window “About”. */
import type { AboutContract } from '../../shared/ipc/information.ts';
import { connect } from '../bridge/connect.ts';
import { followWindowState } from '../bridge/window-state.ts';
import { mount } from '../components/mount.tsx';
import { run } from '../components/run.ts';
import { AboutPage } from './about-page.tsx';

const bridge = connect<AboutContract>();

run(
  followWindowState<AboutContract>(bridge).then((store) => {
    mount(
      <AboutPage
        store={store}
        onLanguage={(language) => run(bridge.calls.setLanguage({ language }))}
        onClose={() => run(bridge.calls.close({}))}
      />,
    );
  }),
);
