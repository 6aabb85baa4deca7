/** Measures how long after the logon the gate was on the screen, or open: the time for which the desktop was unguarded. */
import type { LogonToGate } from '../../../shared/wire/events.ts';
import { logonLastsSeconds } from '../../domain/gate/logon-age.ts';

export interface LogonTiming {
  /** The gate's page is on the screen. The first call in a login counts. */
  notePainted(): void;
  /** The gate is open. Counts where it opened without being shown. */
  noteOpened(): void;
  /** Undefined until the gate is settled and the account is known, and where the system does not say when the logon was. */
  current(): LogonToGate | undefined;
}

interface Options {
  /** The system started this agent at the logon. A restarted agent would measure its own restart. */
  readonly atLogon: boolean;
  /** When this login began; undefined where the system does not say. */
  readonly signedInAt: () => Date | undefined;
  readonly nowUtc: () => Date;
  /** Called once, when the time is known. */
  readonly onKnown: (known: LogonToGate) => void;
}

export function createLogonTiming({ atLogon, signedInAt, nowUtc, onKnown }: Options): LogonTiming {
  let settled: { readonly atMs: number; readonly gate: LogonToGate['gate'] } | undefined;
  let known: LogonToGate | undefined;
  const evaluate = (): LogonToGate | undefined => {
    const began = signedInAt();
    if (known !== undefined || settled === undefined || began === undefined) return known;
    const seconds = (settled.atMs - began.getTime()) / 1000;
    // The clock was set since the logon, or the agent started long after it.
    if (seconds < 0 || seconds > logonLastsSeconds) return undefined;
    known = { secondsToGate: Math.round(seconds * 10) / 10, gate: settled.gate };
    onKnown(known);
    return known;
  };
  const settle = (gate: LogonToGate['gate']): void => {
    if (!atLogon || settled !== undefined) return;
    settled = { atMs: nowUtc().getTime(), gate };
    evaluate();
  };
  return {
    notePainted: () => settle('shown'),
    noteOpened: () => settle('open'),
    // A directory may name the account after the gate has covered the desktop.
    current: evaluate,
  };
}
