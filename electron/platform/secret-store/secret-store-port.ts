/** Where the system can bind a secret to the signed-in account: DPAPI, a keyring. */
import type { Capability } from '../../../shared/wire/events.ts';

export interface SecretStorePort {
  /** Secrets may be given to the store only where this is `full`. `degraded`: it would hide them, and not protect them. */
  capability(): Capability;
  /** The runtime's name for the keyring where a system has several; else empty. */
  backend(): string;
  /** Text that can be kept in a file. Throws where the store refuses. */
  protect(secret: string): string;
  /** The secret that `protect` was given. Throws where the store refuses. */
  unprotect(kept: string): string;
}
