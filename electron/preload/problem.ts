/** The preload script of the window “Report a problem”. */
import type { ProblemContract } from '../../shared/ipc/problem.ts';
import { exposeBridge } from './bridge.ts';

exposeBridge<ProblemContract>('problem', {
  setLanguage: true,
  close: true,
  sendProblem: true,
  startCheck: true,
  saveReport: true,
  showSavedReport: true,
});
