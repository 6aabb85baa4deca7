/** The gate window's preload script. */
import type { GateContract } from '../../shared/ipc/gate.ts';
import { exposeBridge } from './bridge.ts';

exposeBridge<GateContract>('gate', {
  setLanguage: true,
  saveDraft: true,
  accept: true,
  proceed: true,
  decline: true,
  cancelDecline: true,
  leaveNow: true,
  leaveUnanswered: true,
  requestHelp: true,
  breakGlass: true,
  tryAgain: true,
  painted: true,
  leaveDemonstration: true,
});
