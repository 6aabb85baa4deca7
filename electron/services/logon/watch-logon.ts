/** Follows a login from the logon to the gate: measures it, and lets the desktop start where it waits for the gate. */
import { keepLastLogon } from '../../storage/logon/last-logon.ts';
import type { AgentContext } from '../agent-context.ts';
import { createLogonTiming, type LogonTiming } from './logon-timing.ts';
import { createDesktopRelease } from './release-desktop.ts';

export interface LogonWatch extends LogonTiming {
  /** The agent has started, or does not stay: the desktop waits for it no longer. */
  noteStarted(): void;
}

/** @param atLogon the system started this agent at the logon. */
export function watchLogon(context: AgentContext, atLogon: boolean): LogonWatch {
  const { folders, log, platform } = context;
  const timing = createLogonTiming({
    atLogon,
    signedInAt: () => context.signedIn.person()?.signedInAt,
    nowUtc: context.nowUtc,
    onKnown: (known) => {
      log(`logon: gate ${known.gate} after ${known.secondsToGate} s`);
      keepLastLogon(folders.profile, known).catch((error: unknown) =>
        log(`logon: not kept: ${String(error)}`),
      );
    },
  });
  const desktop = createDesktopRelease({
    hold: platform.desktopHold,
    waitsForGate: context.config().gate.beforeDesktop,
    log,
  });
  return {
    current: timing.current,
    notePainted: () => {
      timing.notePainted();
      desktop.noteSettled();
    },
    noteOpened: () => {
      timing.noteOpened();
      desktop.noteSettled();
    },
    noteStarted: () => desktop.noteSettled(),
  };
}
