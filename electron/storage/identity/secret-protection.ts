/** Protects a secret on disk by the system where it can: DPAPI on Windows, a keyring elsewhere. */
import { fail, type Result, succeed } from '../../../shared/lib/result.ts';

/** Binds a secret to the signed-in account. `protect` and `unprotect` may throw. */
export type SecretProtection = {
  /** Stored beside the secret, so that the agent knows how to read it. */
  readonly name: string;
  available(): boolean;
  protect(secret: string): string;
  unprotect(stored: string): string;
};

/** Leaves a secret to the permissions of its file. */
export const noProtection: SecretProtection = {
  name: 'none',
  available: () => true,
  protect: (secret) => secret,
  unprotect: (stored) => stored,
};

export type StoredSecret = { readonly protection: string; readonly secret: string };

export type SecretProblem = {
  readonly reason: string;
  /** The system's protection works and refuses: after a password reset it does so for good. */
  readonly refused: boolean;
};

/** Stores the secret unprotected, and calls `onUnprotected` with the reason, where the system fails to protect it. */
export function protectSecret(
  secret: string,
  protection: SecretProtection,
  onUnprotected: (reason: string) => void,
): StoredSecret {
  try {
    if (protection.available()) return { protection: protection.name, secret: protection.protect(secret) };
  } catch (error) {
    onUnprotected(error instanceof Error ? error.message : String(error));
  }
  return { protection: noProtection.name, secret };
}

/** `parse` returns undefined for a text of the wrong shape; it may throw. */
export function unprotectSecret<Secret>(
  stored: StoredSecret,
  protection: SecretProtection,
  parse: (text: string) => Secret | undefined,
): Result<Secret, SecretProblem> {
  const by = [noProtection, protection].find(({ name }) => name === stored.protection);
  if (by === undefined) {
    return fail({
      reason: `it is protected by ${stored.protection}, which is not available`,
      refused: false,
    });
  }
  try {
    const secret = parse(by.unprotect(stored.secret));
    return secret === undefined ? fail({ reason: 'it holds no key', refused: true }) : succeed(secret);
  } catch {
    // The message of a parser could quote the secret.
    return fail({ reason: 'the system did not return it', refused: isAvailable(by) });
  }
}

function isAvailable(protection: SecretProtection): boolean {
  try {
    return protection.available();
  } catch {
    return false;
  }
}
