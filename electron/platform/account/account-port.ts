/** Who is signed in on this PC, and in which login session. */
import type { Result } from '../../../shared/lib/result.ts';
import type { Account } from '../../../shared/wire/account.ts';
import type { Capability } from '../../../shared/wire/events.ts';

export interface SignedInAccount {
  readonly account: Account;
  /**
   * Groups as the system names them: `DOMAIN\name` on Windows, plain names elsewhere. A group whose name cannot be
   * had in time stands here by its security identifier, so that a rule may still name it that way.
   */
  readonly groups: readonly string[];
  /** The same for every start of the agent within one login, different for the next login of the same person. */
  readonly loginId: string;
  /** When this login began. Absent where the system does not say. */
  readonly signedInAt?: Date;
}

export interface AccountProblem {
  /** `none`: this system cannot be asked. `unreadable`: it was asked and did not answer. */
  readonly kind: 'none' | 'unreadable';
  readonly reason: string;
}

export interface AccountPort {
  capability(): Capability;
  /** Answers within 10 s, with what is known by then when a directory server does not reply. Never rejects. */
  read(): Promise<Result<SignedInAccount, AccountProblem>>;
}
