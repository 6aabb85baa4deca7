/** The system's message box, for questions outside the agent's own windows. */
import { dialog, type MessageBoxOptions } from 'electron';
import type { Clock } from '../platform/time/clock.ts';

const wakeEveryMs = 100;

/**
 * Resolves with the number of the button. The agent goes on working meanwhile.
 *
 * In a program without a window, Electron (33.2.1 on Linux) passes the answer on only when something else wakes its event
 * loop, which took up to 30 seconds: see `findings/electron-message-box-answers-late.sh`. So a timer wakes it while the
 * box is open.
 */
export async function showMessageBox(clock: Clock, options: MessageBoxOptions): Promise<number> {
  let callOff: () => void = () => undefined;
  const wake = (): void => {
    callOff = clock.setTimer(wakeEveryMs, wake);
  };
  wake();
  try {
    return (await dialog.showMessageBox(options)).response;
  } finally {
    callOff();
  }
}
