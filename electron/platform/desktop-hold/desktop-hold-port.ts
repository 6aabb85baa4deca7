/** Lets the system start the desktop, where a school holds it until the gate is ready. */
import type { Result } from '../../../shared/lib/result.ts';

export interface DesktopHoldPort {
  /** Harmless where nothing holds the desktop, and a second time. The error says why. Never rejects. */
  release(): Promise<Result<undefined, string>>;
}

/** For systems on which the agent starts before anyone sees a desktop, or cannot hold it. */
export const noDesktopHold: DesktopHoldPort = {
  release: () => Promise.resolve({ ok: true, value: undefined }),
};
