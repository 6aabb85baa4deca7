/** Entry of the window “Agreements”. */
import type { AgreementsContract } from '../../shared/ipc/information.ts';
import { connect } from '../bridge/connect.ts';
import { followWindowState } from '../bridge/window-state.ts';
import { mount, reportFailure } from '../components/mount.tsx';
import { AgreementsPage } from './agreements-page.tsx';

const bridge = connect<AgreementsContract>();

followWindowState<AgreementsContract>(bridge).then((store) => {
  mount(
    <AgreementsPage
      store={store}
      onLanguage={(language) => bridge.calls.setLanguage({ language }).catch(reportFailure)}
      onClose={() => bridge.calls.close({}).catch(reportFailure)}
    />,
  );
}, reportFailure);
