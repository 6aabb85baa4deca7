/** Protects a secret on disk by the system where it can: DPAPI on Windows, a keyring elsewhere. */
import { fail, type Result, succeed } from '../../../shared/lib/result.ts';

/** Protects secrets on disk. `protect` and `unprotect` may reject. */
export type SecretProtection = {
  /** Stored beside the secret, so that the agent knows how to read it. */
  readonly name: string;
  available(): boolean;
  protect(secret: string): Promise<string>;
  unprotect(stored: string): Promise<UnprotectedText>;
  /** How earlier versions protected secrets. The agent opens such a secret once, and stores it under this protection. */
  readonly earlier: readonly SecretProtection[];
};

type UnprotectedText = {
  readonly secret: string;
  /**
   * Resolves to a text to be stored in place of the old one, when the system no longer opens a part of that; else to
   * undefined. It may come seconds after the secret, and never rejects. Absent where texts need no renewal.
   */
  readonly renewed?: Promise<string | undefined>;
};

/** Leaves a secret to the permissions of its file. */
export const noProtection: SecretProtection = {
  name: 'none',
  available: () => true,
  protect: (secret) => Promise.resolve(secret),
  unprotect: (stored) => Promise.resolve({ secret: stored }),
  earlier: [],
};

/**
 * For a folder that outlives the profile. Every key that the system keeps for an account goes with the profile, so the
 * permissions of the file are all that protects the secret. What `system` has protected still opens.
 */
export function leaveToFileRights(system: SecretProtection): SecretProtection {
  return { ...noProtection, earlier: [system, ...system.earlier] };
}

export type StoredSecret = { readonly protection: string; readonly secret: string };

export type SecretProblem = {
  readonly reason: string;
  /** The system's protection works and refuses: after a password reset it may do so for good. */
  readonly refused: boolean;
};

export type OpenedSecret<Secret> = {
  readonly secret: Secret;
  /** `store`: an earlier protection opened it. `text`: store this text, where one comes, in place of the old one. */
  readonly renewal:
    | { readonly kind: 'none' | 'store' }
    | { readonly kind: 'text'; readonly text: Promise<string | undefined> };
};

/** Stores the secret unprotected, and calls `onUnprotected` with the reason, where the system fails to protect it. */
export async function protectSecret(
  secret: string,
  protection: SecretProtection,
  onUnprotected: (reason: string) => void,
): Promise<StoredSecret> {
  try {
    if (protection.available()) {
      return { protection: protection.name, secret: await protection.protect(secret) };
    }
  } catch (error) {
    onUnprotected(error instanceof Error ? error.message : String(error));
  }
  return { protection: noProtection.name, secret };
}

/** `parse` returns undefined for a text of the wrong shape; it may throw. */
export async function unprotectSecret<Secret>(
  stored: StoredSecret,
  protection: SecretProtection,
  parse: (text: string) => Secret | undefined,
): Promise<Result<OpenedSecret<Secret>, SecretProblem>> {
  const known = [noProtection, protection, ...protection.earlier];
  const by = known.find(({ name }) => name === stored.protection);
  if (by === undefined) {
    return fail({
      reason: `it is protected by ${stored.protection}, which is not available`,
      refused: false,
    });
  }
  try {
    const { secret: text, renewed } = await by.unprotect(stored.secret);
    const secret = parse(text);
    if (secret === undefined) return fail({ reason: 'it holds no key', refused: true });
    if (protection.earlier.includes(by)) return succeed({ secret, renewal: { kind: 'store' } });
    return succeed({
      secret,
      renewal: renewed === undefined ? { kind: 'none' } : { kind: 'text', text: renewed },
    });
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
