/** Who is signed in: read once, and again for as long as it could not be. */
import type { Result } from '../../shared/lib/result.ts';
import type { AccountPort, AccountProblem, SignedInAccount } from '../platform/account/account-port.ts';

export interface SignedIn {
  /** Undefined where it could not be read yet. */
  person(): SignedInAccount | undefined;
  /** Reads it where that has failed so far. Never rejects. */
  read(): Promise<Result<SignedInAccount, AccountProblem>>;
}

/** Answers when the system was asked for the first time, well or not. */
export async function readSignedIn(port: AccountPort): Promise<SignedIn> {
  let last = await port.read();
  return {
    person: () => (last.ok ? last.value : undefined),
    read: async () => {
      if (!last.ok) last = await port.read();
      return last;
    },
  };
}
