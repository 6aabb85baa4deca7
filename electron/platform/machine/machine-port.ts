/** Which PC this is. */
import type { Result } from '../../../shared/lib/result.ts';
import type { Machine } from '../../../shared/wire/account.ts';
import type { Capability } from '../../../shared/wire/events.ts';

export interface MachineProblem {
  /** `none`: the system keeps no id of its own. `unreadable`: it has one and did not give it. */
  readonly kind: 'none' | 'unreadable';
  readonly reason: string;
  /** What is known all the same, so that the caller need only bring an id of its own. */
  readonly known: Pick<Machine, 'hostname' | 'os'>;
}

export interface MachinePort {
  capability(): Capability;
  /**
   * The id is a SHA-256 of the system's own, so that the raw one never leaves the PC. Answers within 5 s and never
   * rejects. A made-up id is never returned: two PCs with one name must not become one.
   */
  read(): Promise<Result<Machine, MachineProblem>>;
}
