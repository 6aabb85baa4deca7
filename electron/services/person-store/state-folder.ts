/** Locates the state folder of one person on one PC, wherever the school keeps state. */
import { createHash } from 'node:crypto';
import { chmod, mkdir } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { type Account, accountKey, type Machine } from '../../../shared/wire/account.ts';
import type { FolderRightsPort } from '../../platform/folder-rights/folder-rights-port.ts';
import { privateFolderMode } from '../../storage/durable-file.ts';
import { identityFileName } from '../../storage/identity/identity.ts';
import type { StorageFault } from '../../storage/storage-fault.ts';
import { expandVariables } from '../managed-config/expand-variables.ts';

export interface StateFolder {
  /** This person's folder on this PC. */
  readonly directory: string;
  /**
   * The folder goes with the profile, so a key that the system keeps in the profile may protect what is in it. Such a key
   * would be gone before a folder elsewhere is.
   */
  readonly isInProfile: boolean;
  /** Set where the school configured one folder for everybody. */
  readonly shared:
    | {
        readonly base: string;
        /** The part of this person, closed to others. */
        readonly personal: string;
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

/** Environment variables that name a folder of the profile. */
const profileVariables = ['APPDATA', 'HOME', 'LOCALAPPDATA', 'USERPROFILE'];

/** Undefined where the folder is shared and the agent does not know who is signed in. */
export function locateStateFolder(
  situation: Situation,
  account: Account | undefined,
): StateFolder | undefined {
  const { configured, ownFolder, environment, machine } = situation;
  if (configured === '') {
    const directory = stateFolderFor(join(ownFolder, 'state'), machine);
    return { directory, isInProfile: true, shared: undefined };
  }
  const base = expandVariables(configured, environment);
  if (isPersonal(configured, environment)) {
    const isInProfile = profileVariables.some((name) => isInside(base, `%${name}%`, environment));
    return { directory: stateFolderFor(base, machine), isInProfile, shared: undefined };
  }
  if (account === undefined) return undefined;
  // Hashed, because a name may hold characters that no folder name takes, and others can list a folder on a share.
  const person = createHash('sha256').update(accountKey(account), 'utf8').digest('hex').slice(0, 16);
  const personal = join(base, person);
  return {
    directory: stateFolderFor(personal, machine),
    isInProfile: false,
    shared: { base, personal, legacyDirectory: stateFolderFor(base, machine) },
  };
}

/** A variable that is not set contains nothing. Windows does not distinguish letters by case. */
function isInside(path: string, variable: string, environment: Situation['environment']): boolean {
  const folder = expandVariables(variable, environment);
  if (folder === variable || folder === '') return false;
  const [inner, outer] = [path, folder].map((each) => join(each, sep).toLowerCase());
  return inner?.startsWith(outer ?? sep) === true;
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
 * Creates a shared folder if it is missing, open to the next person too, closes this person's part to others, and returns
 * the folder to open. The legacy folder stays in use where it is this person's own.
 */
export async function prepareStateFolder(
  { directory, shared }: StateFolder,
  rights: FolderRightsPort,
  onFault: (fault: StorageFault) => void,
): Promise<string> {
  if (shared === undefined) return directory;
  const isOwn = await rights.isOwn(join(shared.legacyDirectory, identityFileName));
  const personal = isOwn ? shared.legacyDirectory : shared.personal;
  try {
    const made = await mkdir(shared.base, { recursive: true });
    // The sticky bit, as on /tmp: everybody may add, and only the owner may remove.
    if (made !== undefined) await chmod(shared.base, 0o1777);
    await mkdir(personal, { recursive: true, mode: privateFolderMode });
  } catch {
    // Opening the person store reports the reason.
    return isOwn ? shared.legacyDirectory : directory;
  }
  const closed = await rights.closeToOthers(personal);
  if (!closed.ok) {
    onFault({
      fault: 'state-folder-open',
      subject: 'stateDirectory',
      reason: `Other users of this PC may be able to read or change this account's records: ${closed.error}`,
    });
  }
  return isOwn ? shared.legacyDirectory : directory;
}
