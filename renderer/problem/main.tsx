/** Entry of the window “Report a problem”. */
import type { ProblemContract } from '../../shared/ipc/problem.ts';
import { connect } from '../bridge/connect.ts';
import { followWindowState } from '../bridge/window-state.ts';
import { mount } from '../components/mount.tsx';
import { run } from '../components/run.ts';
import { ProblemPage } from './problem-page.tsx';

const bridge = connect<ProblemContract>();

run(
  followWindowState<ProblemContract>(bridge).then((store) => {
    mount(
      <ProblemPage
        store={store}
        onLanguage={(language) => run(bridge.calls.setLanguage({ language }))}
        onClose={() => run(bridge.calls.close({}))}
        onSend={(text) => bridge.calls.sendProblem({ text })}
        onCheck={(mayLock) => run(bridge.calls.startCheck({ mayLock }))}
        onSave={() => bridge.calls.saveReport({})}
        onShowSaved={() => run(bridge.calls.showSavedReport({}))}
      />,
    );
  }),
);
