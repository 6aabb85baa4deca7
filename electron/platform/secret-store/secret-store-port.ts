/** Where the system can bind a secret to the signed-in account: DPAPI, a keyring. */
import type { Capability } from '../../../shared/wire/events.ts';

/** The secret that `protect` was given. */
export interface UnprotectedSecret {
  readonly secret: string;
  /**
   * Resolves to a text to be kept in place of the old one, when the system no longer opens a part of that; else to
   * undefined. It may come seconds after the secret, and never rejects. Absent where texts need no renewal.
   */
  readonly renewed?: Promise<string | undefined>;
}

export interface SecretStorePort {
  /** Names the way of protecting, in files: letters and hyphens. */
  readonly name: string;
  /** Secrets may be given to the store only where this is `full`. `degraded`: it would hide them, and not protect them. */
  capability(): Capability;
  /** The runtime's name for the keyring where a system has several; else empty. */
  backend(): string;
  /** Text that can be kept in a file. Rejects where the store refuses. */
  protect(secret: string): Promise<string>;
  /** Rejects where the store refuses. */
  unprotect(kept: string): Promise<UnprotectedSecret>;
  /** Stores that earlier versions of the agent used here: what they protected still opens. */
  readonly earlier: readonly SecretStorePort[];
}
