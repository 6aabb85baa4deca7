/** Which folder is that of one person on one PC, wherever the school has put the state of all of them. */
import { createHash } from 'node:crypto';
import { chmod, mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Account, accountKey, type Machine } from '../../../shared/wire/account.ts';
import { holdsKeyOf, identityFileName, type SecretProtection } from '../../storage/identity/identity.ts';
import { expandVariables } from '../managed-config/expand-variables.ts';
import { stateFolderFor } from './open-person-store.ts';

export interface StatePlace {
  /** Folder of this person's state on this PC. */
  readonly directory: string;
  /** Where the folder that the school names is one for everybody. */
  readonly shared:
    | {
        readonly base: string;
        /** Where the state stood when everybody's folder had no part for each. */
        readonly withoutAccount: string;
      }
    | undefined;
}

interface Situation {
  /** `stateDirectory` as the school has set it; empty: in the person's profile. */
  readonly configured: string;
  /** The agent's own folder of this account. */
  readonly ownFolder: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly machine: Machine;
}

/** Names that stand for another text for each person. */
const ofOnePerson = new Set([
  'APPDATA',
  'HOME',
  'HOMEPATH',
  'HOMESHARE',
  'LOCALAPPDATA',
  'ONEDRIVE',
  'ONEDRIVECOMMERCIAL',
  'USER',
  'USERNAME',
  'USERPROFILE',
]);

/** Undefined where everybody has one folder and it is not known who is signed in. */
export function findStatePlace(situation: Situation, account: Account | undefined): StatePlace | undefined {
  const { configured, ownFolder, environment, machine } = situation;
  if (configured === '') {
    return { directory: stateFolderFor(join(ownFolder, 'state'), machine), shared: undefined };
  }
  const base = expandVariables(configured, environment);
  if (isOfOnePerson(configured, environment)) {
    return { directory: stateFolderFor(base, machine), shared: undefined };
  }
  if (account === undefined) return undefined;
  // No name: it may hold what no folder takes, and a folder on a share is read by more than its owner.
  const person = createHash('sha256').update(accountKey(account), 'utf8').digest('hex').slice(0, 16);
  return {
    directory: stateFolderFor(join(base, person), machine),
    shared: { base, withoutAccount: stateFolderFor(base, machine) },
  };
}

/** A variable that is not set stays as it is written, and is one text for everybody. */
function isOfOnePerson(path: string, environment: Situation['environment']): boolean {
  return (path.match(/%[A-Za-z0-9_()]+%/gu) ?? []).some(
    (name) => ofOnePerson.has(name.slice(1, -1).toUpperCase()) && expandVariables(name, environment) !== name,
  );
}

/**
 * Makes everybody's folder where it is not there, so that the next person can make theirs in it too, and answers the
 * folder to open: what stands where it stood before each had a part is kept on with, where it is this person's own.
 * `userId` is null where the system has none (Windows): there the key tells, which opens for its owner alone.
 */
export async function settleStatePlace(
  { directory, shared }: StatePlace,
  protection: SecretProtection,
  userId: number | null = process.getuid?.() ?? null,
): Promise<string> {
  if (shared === undefined) return directory;
  try {
    const made = await mkdir(shared.base, { recursive: true });
    // As a system's own folder for everybody's files is: all may add, none may take away another's.
    if (made !== undefined) await chmod(shared.base, 0o1777);
  } catch {
    // Opening the state says what is wrong.
  }
  const isOwn =
    userId === null
      ? await holdsKeyOf(shared.withoutAccount, protection)
      : await stat(join(shared.withoutAccount, identityFileName)).then(
          ({ uid }) => uid === userId,
          () => false,
        );
  return isOwn ? shared.withoutAccount : directory;
}
