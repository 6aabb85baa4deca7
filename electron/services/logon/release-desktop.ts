/** Decides when the desktop may start, where a logon script holds it. */
import type { DesktopHoldPort } from '../../platform/desktop-hold/desktop-hold-port.ts';

interface DesktopRelease {
  /** The gate is on the screen, or open, or this agent does not stay. */
  noteSettled(): void;
}

interface Options {
  readonly hold: DesktopHoldPort;
  /** `gate.beforeDesktop`. */
  readonly waitsForGate: boolean;
  readonly log: (line: string) => void;
}

/** Without the setting, a script that waits anyway is let go at once. */
export function createDesktopRelease({ hold, waitsForGate, log }: Options): DesktopRelease {
  let isReleased = false;
  const release = (): void => {
    if (isReleased) return;
    isReleased = true;
    // The script lets go by itself after 20 seconds.
    void hold.release().then((released) => {
      if (!released.ok) log(`desktop: not released: ${released.error}`);
    });
  };
  if (!waitsForGate) release();
  return { noteSettled: release };
}
