/** Entry of the window “Records”. */
import type { RecordsContract } from '../../shared/ipc/information.ts';
import { connect } from '../bridge/connect.ts';
import { followWindowState } from '../bridge/window-state.ts';
import { mount, reportFailure } from '../components/mount.tsx';
import { RecordsPage } from './records-page.tsx';

const bridge = connect<RecordsContract>();

followWindowState<RecordsContract>(bridge).then((store) => {
  mount(
    <RecordsPage
      store={store}
      onLanguage={(language) => bridge.calls.setLanguage({ language }).catch(reportFailure)}
      onClose={() => bridge.calls.close({}).catch(reportFailure)}
    />,
  );
}, reportFailure);
