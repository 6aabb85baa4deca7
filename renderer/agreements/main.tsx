/** Entry of the window “Agreements”. */
import type { AgreementsContract } from '../../shared/ipc/information.ts';
import { connect } from '../bridge/connect.ts';
import { followWindowState } from '../bridge/window-state.ts';
import { mount } from '../components/mount.tsx';
import { run } from '../components/run.ts';
import { AgreementsPage } from './agreements-page.tsx';

const bridge = connect<AgreementsContract>();

run(
  followWindowState<AgreementsContract>(bridge).then((store) => {
    mount(
      <AgreementsPage
        store={store}
        onLanguage={(language) => run(bridge.calls.setLanguage({ language }))}
        onClose={() => run(bridge.calls.close({}))}
        onRead={(eventId) => bridge.calls.readAgreement({ eventId })}
        onSave={(eventId) => bridge.calls.savePdf({ eventId })}
        onShowSaved={() => run(bridge.calls.showSavedPdf({}))}
        onPrint={() => run(bridge.calls.print({}))}
      />,
    );
  }),
);
