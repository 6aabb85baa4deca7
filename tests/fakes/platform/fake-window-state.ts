/** What the system says about windows, as a test scripts it. */
import type {
  KeyboardOwner,
  SystemWindow,
  WindowPlace,
  WindowStatePort,
  WindowStateProblem,
} from '../../../electron/platform/window-state/window-state-port.ts';
import { fail, type Result, succeed } from '../../../shared/lib/result.ts';

export interface FakeWindowState extends WindowStatePort {
  keyboardWith(answer: Result<KeyboardOwner, WindowStateProblem>): void;
  placeWith(answer: (window: SystemWindow) => Result<WindowPlace, WindowStateProblem>): void;
  /** The windows for which the agent asked for the keyboard. */
  taken(): readonly SystemWindow[];
}

/** Without a script the agent's window has the keyboard, and places are not known. */
export function createFakeWindowState(): FakeWindowState {
  let keyboard: Result<KeyboardOwner, WindowStateProblem> = succeed({ kind: 'window' });
  let place = (_window: SystemWindow): Result<WindowPlace, WindowStateProblem> =>
    fail({ kind: 'none', reason: 'the fake has no pixels' });
  const taken: SystemWindow[] = [];
  return {
    keyboardWith: (next) => {
      keyboard = next;
    },
    placeWith: (next) => {
      place = next;
    },
    taken: () => taken,
    capability: () =>
      keyboard.ok
        ? { name: 'window-state', level: 'full', reason: '' }
        : {
            name: 'window-state',
            level: keyboard.error.kind === 'none' ? 'none' : 'degraded',
            reason: keyboard.error.reason,
          },
    readKeyboard: () => keyboard,
    takeKeyboard: (window) => {
      taken.push(window);
      return Promise.resolve(keyboard.ok ? succeed(undefined) : keyboard);
    },
    readPlace: (window) => place(window),
  };
}
