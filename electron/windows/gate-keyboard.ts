/**
 * Sees to it that the keyboard is the gate's: what a user types at the gate must not go into the program below it.
 *
 * The system says who has the keyboard. Electron's own word is taken only where the system cannot be asked.
 */
import type { BrowserWindow } from 'electron';
import type { Clock } from '../platform/time/clock.ts';
import type { KeyboardOwner, WindowStatePort } from '../platform/window-state/window-state-port.ts';

/** Shorter losses are usual: a menu of the system, or a window on its way to the front. */
const reportAfterMs = 5000;
/** The session may be locked for hours, and nothing is missing then. */
const askSessionAgainMs = 60_000;

interface Options {
  readonly clock: Clock;
  /** Undefined until it is loaded. */
  readonly windowState: () => WindowStatePort | undefined;
  /** A user is before this session, and it is not locked. */
  readonly isSessionInUse: () => Promise<boolean>;
  /** Called once for each loss. */
  readonly onLost: (detail: string) => void;
  readonly onRegained: () => void;
}

export interface GateKeyboard {
  /** Call once a second: takes the keyboard for `gate` if none of `windows` has it. */
  check(gate: BrowserWindow, windows: readonly BrowserWindow[]): void;
  /** A warning may have the keyboard now. A loss that was reported stays open. */
  pause(): void;
  /** The gate is gone. */
  end(): void;
}

export function createGateKeyboard({ clock, windowState, ...options }: Options): GateKeyboard {
  let missingSinceMs: number | undefined;
  let askSessionAtMs = 0;
  let isLost = false;
  let isTaking = false;

  const pause = () => {
    missingSinceMs = undefined;
  };

  const noteHere = (gate: BrowserWindow) => {
    // The system has brought the window to the front; Electron passes the keyboard on to its page.
    if (missingSinceMs !== undefined) gate.focus();
    pause();
    if (!isLost) return;
    isLost = false;
    options.onRegained();
  };

  const take = async (state: WindowStatePort, gate: BrowserWindow): Promise<void> => {
    if (isTaking) return;
    isTaking = true;
    await state.takeKeyboard(gate);
    isTaking = false;
  };

  const reportIfLong = async (owner: KeyboardOwner): Promise<void> => {
    const nowMs = clock.monotonicMs();
    missingSinceMs ??= nowMs;
    if (isLost || nowMs - missingSinceMs < reportAfterMs || nowMs < askSessionAtMs) return;
    askSessionAtMs = nowMs + askSessionAgainMs;
    const isInUse = await options.isSessionInUse();
    // The keyboard may have come back during the question.
    if (!isInUse || missingSinceMs === undefined || isLost) return;
    isLost = true;
    options.onLost(describe(owner));
  };

  return {
    check: (gate, windows) => {
      const state = windowState();
      const answer = state?.readKeyboard(windows);
      if (state === undefined || answer?.ok !== true) {
        pause();
        if (!windows.some((window) => window.isFocused())) gate.focus();
        return;
      }
      const owner = answer.value;
      if (owner.kind === 'window') {
        noteHere(gate);
        return;
      }
      // Windows' own pages of the first sign-in may be above every program. A gate that took the keyboard from them each
      // second would keep the user from both. A click on the gate gives it the keyboard at any time.
      if (owner.kind === 'set-up') {
        pause();
        return;
      }
      if (owner.kind === 'none') {
        pause();
        gate.focus();
        return;
      }
      void take(state, gate);
      void reportIfLong(owner);
    },
    pause,
    end: () => {
      pause();
      isLost = false;
      askSessionAtMs = 0;
    },
  };
}

function describe(owner: KeyboardOwner): string {
  if (owner.kind !== 'other') return 'another window of Porthor has the keyboard';
  return owner.by === ''
    ? 'another program has the keyboard'
    : `another program has the keyboard (window class ${owner.by})`;
}
