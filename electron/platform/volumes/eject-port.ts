/** Takes a drive out of use, so that a person may pull it out. */

import type { Drive } from '../../../shared/device/drive.ts';
import type { Result } from '../../../shared/lib/result.ts';
import type { Capability } from '../../../shared/wire/events.ts';

export interface EjectProblem {
  /**
   * `none`: nothing here can eject. `in-use`: something has files open on it. `refused`: this person may not.
   * `gone`: the drive is not there any more. `failed`: the system said no for another reason, or nothing in time.
   */
  readonly kind: 'none' | 'in-use' | 'refused' | 'gone' | 'failed';
  readonly reason: string;
}

export interface EjectPort {
  capability(): Capability;
  /**
   * Writes out, unmounts every volume of the drive and, where the system can, switches it off: then `ejected`, and
   * it may be pulled out. Forces nothing: open files stay open. Answers within 20 s and never rejects.
   */
  eject(drive: Drive): Promise<Result<'ejected', EjectProblem>>;
}
