/** Entry of the window “Records”. */
import type { RecordsContract } from '../../shared/ipc/information.ts';
import { connect } from '../bridge/connect.ts';
import { followWindowState } from '../bridge/window-state.ts';
import { mount } from '../components/mount.tsx';
import { run } from '../components/run.ts';
import { RecordsPage } from './records-page.tsx';

const bridge = connect<RecordsContract>();

run(
  followWindowState<RecordsContract>(bridge).then((store) => {
    mount(
      <RecordsPage
        store={store}
        onLanguage={(language) => run(bridge.calls.setLanguage({ language }))}
        onClose={() => run(bridge.calls.close({}))}
      />,
    );
  }),
);
