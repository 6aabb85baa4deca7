/** Who is signed in: read once, and again for as long as it could not be. */

import { oneAtATime } from '../../../shared/lib/one-at-a-time.ts';
import { type Result, succeed } from '../../../shared/lib/result.ts';
import type { AccountPort, AccountProblem, SignedInAccount } from '../../platform/account/account-port.ts';

export interface SignedIn {
  /** Undefined where it has not been read yet. */
  person(): SignedInAccount | undefined;
  /** Reads it where that has not been done, which may take 10 s where a directory is slow. Never rejects. */
  read(): Promise<Result<SignedInAccount, AccountProblem>>;
}

export function createSignedIn(port: AccountPort): SignedIn {
  let known: SignedInAccount | undefined;
  const ask = oneAtATime(async () => {
    const read = await port.read();
    if (read.ok) known = read.value;
    return read;
  });
  return {
    person: () => known,
    read: () => (known === undefined ? ask() : Promise.resolve(succeed(known))),
  };
}
