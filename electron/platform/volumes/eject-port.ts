/** Takes a drive out of use, so that a user may pull it out. */

import type { Drive } from '../../../shared/device/drive.ts';
import type { Result } from '../../../shared/lib/result.ts';
import type { Capability } from '../../../shared/wire/events.ts';

export interface EjectProblem {
  /**
   * `none`: this PC has no means to eject. `in-use`: a program has files open on it. `refused`: this user may not.
   * `gone`: the drive is no longer there. `failed`: the system refused for another reason, or did not answer in time.
   */
  readonly kind: 'none' | 'in-use' | 'refused' | 'gone' | 'failed';
  readonly reason: string;
}

export interface EjectPort {
  capability(): Capability;
  /**
   * Writes out the data, unmounts every volume of the drive and, where the system can, switches it off. Then answers
   * `ejected`, and the user may pull it out. Forces nothing: open files stay open. Answers within 20 s and never
   * rejects.
   */
  eject(drive: Drive): Promise<Result<'ejected', EjectProblem>>;
}
