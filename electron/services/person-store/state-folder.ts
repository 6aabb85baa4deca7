/** Locates the state folder of one person on one PC, wherever the school keeps state. */
import { createHash } from 'node:crypto';
import { chmod, mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Account, accountKey, type Machine } from '../../../shared/wire/account.ts';
import { holdsKeyOf, identityFileName } from '../../storage/identity/identity.ts';
import type { SecretProtection } from '../../storage/identity/secret-protection.ts';
import { expandVariables } from '../managed-config/expand-variables.ts';

export interface StateFolder {
  /** This person's folder on this PC. */
  readonly directory: string;
  /** Set where the school configured one folder for everybody. */
  readonly shared:
    | {
        readonly base: string;
        /** Where older versions kept the state: directly in the shared folder, with no part per person. */
        readonly legacyDirectory: string;
      }
    | undefined;
}

interface Situation {
  /** `stateDirectory` of the managed config; empty: the state is in the person's profile. */
  readonly configured: string;
  /** The agent's own folder of this account. */
  readonly ownFolder: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly machine: Machine;
}

/** Environment variables with a different value for each person. */
const personalVariables = new Set([
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

/** Undefined where the folder is shared and the agent does not know who is signed in. */
export function locateStateFolder(
  situation: Situation,
  account: Account | undefined,
): StateFolder | undefined {
  const { configured, ownFolder, environment, machine } = situation;
  if (configured === '') {
    return { directory: stateFolderFor(join(ownFolder, 'state'), machine), shared: undefined };
  }
  const base = expandVariables(configured, environment);
  if (isPersonal(configured, environment)) {
    return { directory: stateFolderFor(base, machine), shared: undefined };
  }
  if (account === undefined) return undefined;
  // Hashed, because a name may hold characters that no folder name takes, and others can list a folder on a share.
  const person = createHash('sha256').update(accountKey(account), 'utf8').digest('hex').slice(0, 16);
  return {
    directory: stateFolderFor(join(base, person), machine),
    shared: { base, legacyDirectory: stateFolderFor(base, machine) },
  };
}

/** `<base>/<first characters of the machine id>`: a folder on a share or in a roaming profile serves several PCs. */
export function stateFolderFor(base: string, machine: Machine): string {
  return join(base, machine.id.replaceAll(/[^0-9A-Za-z-]/gu, '').slice(0, 16) || 'machine');
}

/** A variable that is not set stays as written, so it is the same text for everybody. */
function isPersonal(path: string, environment: Situation['environment']): boolean {
  return (path.match(/%[A-Za-z0-9_()]+%/gu) ?? []).some(
    (name) =>
      personalVariables.has(name.slice(1, -1).toUpperCase()) && expandVariables(name, environment) !== name,
  );
}

/**
 * Creates the shared folder if it is missing, open to the next person too, and returns the folder to open. The legacy
 * folder stays in use where it is this person's own. `userId` is null where the system has none (Windows): there the
 * key identifies the owner, because it opens for its owner alone.
 */
export async function prepareStateFolder(
  { directory, shared }: StateFolder,
  protection: SecretProtection,
  userId: number | null = process.getuid?.() ?? null,
): Promise<string> {
  if (shared === undefined) return directory;
  try {
    const made = await mkdir(shared.base, { recursive: true });
    // The sticky bit, as on /tmp: everybody may add, and only the owner may remove.
    if (made !== undefined) await chmod(shared.base, 0o1777);
  } catch {
    // Opening the person store reports the reason.
  }
  const isOwn =
    userId === null
      ? await holdsKeyOf(shared.legacyDirectory, protection)
      : await stat(join(shared.legacyDirectory, identityFileName)).then(
          ({ uid }) => uid === userId,
          () => false,
        );
  return isOwn ? shared.legacyDirectory : directory;
}
