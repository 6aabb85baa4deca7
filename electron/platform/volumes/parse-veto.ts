/** Finds out why Windows did not release a drive. */
import { windows } from '../native/windows-numbers.ts';
import type { EjectProblem } from './eject-port.ts';

const { success, noSuchDevice, removeVetoed, accessDenied } = windows.configManager;
const { insufficientRights } = windows.veto;

/** PNP_VETO_TYPE (cfg.h): programs, services and open handles that hold the drive. */
const holders: ReadonlySet<number> = new Set([
  windows.veto.windowsApp,
  windows.veto.windowsService,
  windows.veto.outstandingOpen,
  windows.veto.device,
]);

/**
 * Reads the answer to CM_Request_Device_EjectW; undefined if Windows released the drive. `vetoName` may name a program
 * or a device.
 */
export function classifyVeto(answer: {
  readonly code: number;
  readonly vetoType: number;
}): EjectProblem | undefined {
  const { code, vetoType } = answer;
  if (code === success && vetoType === 0) return undefined;
  if (code === noSuchDevice) return { kind: 'gone', reason: 'the drive is not there any more' };
  if (code === accessDenied || vetoType === insufficientRights) {
    return { kind: 'refused', reason: 'this account may not eject it' };
  }
  if (code === success || code === removeVetoed) {
    return holders.has(vetoType)
      ? { kind: 'in-use', reason: `a program has files open on it (veto ${vetoType})` }
      : { kind: 'failed', reason: `Windows keeps it (veto ${vetoType})` };
  }
  return { kind: 'failed', reason: `Windows did not let go of it (error ${code})` };
}

/** Reads the Windows error of ejecting a medium; undefined for 0. Locking fails with 5 while files are open. */
export function classifyMediumError(code: number): EjectProblem | undefined {
  switch (code) {
    case 0:
      return undefined;
    case windows.registry.fileNotFound:
    case windows.registry.pathNotFound:
    case windows.mediumError.notReady:
      return { kind: 'gone', reason: 'there is nothing in it any more' };
    case windows.mediumError.accessDenied:
    case windows.mediumError.sharingViolation:
      return { kind: 'in-use', reason: 'a program has files open on it, or this account may not eject it' };
    default:
      return { kind: 'failed', reason: `Windows did not let go of it (error ${code})` };
  }
}
