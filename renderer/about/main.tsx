/** Entry of the window “About”. */
import type { AboutContract } from '../../shared/ipc/information.ts';
import { connect } from '../bridge/connect.ts';
import { followWindowState } from '../bridge/window-state.ts';
import { mount, reportFailure } from '../components/mount.tsx';
import { AboutPage } from './about-page.tsx';

const bridge = connect<AboutContract>();

followWindowState<AboutContract>(bridge).then((store) => {
  mount(
    <AboutPage
      store={store}
      onLanguage={(language) => bridge.calls.setLanguage({ language }).catch(reportFailure)}
      onClose={() => bridge.calls.close({}).catch(reportFailure)}
    />,
  );
}, reportFailure);
