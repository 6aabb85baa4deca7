/** Has the anti-virus that this PC already has look through a mounted volume. */
import type { Result } from '../../../shared/lib/result.ts';
import type { Capability } from '../../../shared/wire/events.ts';

export interface ScanProblem {
  /** `none`: there is no anti-virus that can be asked. `failed`: it was asked and did not finish. */
  readonly kind: 'none' | 'failed';
  readonly reason: string;
}

/**
 * `something-found`: and it is still there. `unclear`: the program ends in one way where something was found and where
 * it could not look.
 */
export type ScanOutcome = 'nothing-found' | 'something-found' | 'unclear';

export interface Scan {
  /** The program that looks, as people know it. */
  readonly program: string;
  /** Resolves when it has finished, which may take an hour on a large drive; never rejects. */
  readonly outcome: Promise<Result<ScanOutcome, ScanProblem>>;
  /** Ends the scan; its outcome is then a problem. A second call is harmless. */
  stop(): void;
}

export interface AntiVirusPort {
  /** Looked up at each call: cheap, and an anti-virus may be installed or removed while the agent runs. */
  capability(): Capability;
  /** `mountPoint` as in a volume's `mountPoints`. Resolves when the scan has started; never rejects. */
  scan(mountPoint: string): Promise<Result<Scan, ScanProblem>>;
}
