/** Entry of the media warning. */
import type { MediaWarningContract } from '../../shared/ipc/media-warning.ts';
import { connect } from '../bridge/connect.ts';
import { followWindowState } from '../bridge/window-state.ts';
import { mount } from '../components/mount.tsx';
import { run } from '../components/run.ts';
import { MediaWarningPage } from './media-warning-page.tsx';

const bridge = connect<MediaWarningContract>();

run(
  followWindowState<MediaWarningContract>(bridge).then((store) => {
    mount(
      <MediaWarningPage
        store={store}
        actions={{
          setLanguage: (language) => run(bridge.calls.setLanguage({ language })),
          eject: (id) => run(bridge.calls.eject({ id })),
          ask: (id, reason) => run(bridge.calls.askForApproval({ id, reason })),
          takeCode: (id, code) => run(bridge.calls.takeCode({ id, code })),
          scan: (id) => run(bridge.calls.scan({ id })),
          close: () => run(bridge.calls.close({})),
          painted: (ids) => run(bridge.calls.painted({ ids: [...ids] })),
          fitHeight: (heightPx) => run(bridge.calls.fitHeight({ heightPx })),
        }}
      />,
    );
  }),
);
