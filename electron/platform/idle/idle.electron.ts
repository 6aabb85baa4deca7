/** Reads the idle time that Chromium gets from the system: GetLastInputInfo on Windows, XScreenSaver on X11. */
import { fail, type Result, succeed } from '../../../shared/lib/result.ts';
import { describeError } from '../describe-error.ts';
import type { IdleProblem } from './idle-port.ts';

/** Loads Electron at the first reading, so that a program outside Electron can compose the platform. */
export async function readIdleSeconds(): Promise<Result<number, IdleProblem>> {
  // Outside of it the package of that name would fetch a whole Electron.
  if (process.versions['electron'] === undefined) {
    return fail({ kind: 'unreadable', reason: 'this program does not run in Electron' });
  }
  try {
    const { powerMonitor } = await import('electron');
    const seconds: unknown = powerMonitor.getSystemIdleTime();
    if (typeof seconds === 'number' && Number.isFinite(seconds) && seconds >= 0) {
      return succeed(Math.floor(seconds));
    }
    return fail({ kind: 'unreadable', reason: `the system gave ${String(seconds)} as its idle time` });
  } catch (error) {
    return fail({ kind: 'unreadable', reason: `idle time: ${describeError(error)}` });
  }
}
