/** Reads the user database's own line format (passwd(5)). */

export interface PasswdEntry {
  readonly name: string;
  readonly uid: number;
  /** The first part of the comment field: the person's name as the administrator wrote it, or empty. */
  readonly displayName: string;
}

export function parsePasswdLine(line: string): PasswdEntry | undefined {
  const [name, , uidText, , comment] = line.split(':');
  if (name === undefined || name === '' || uidText === undefined || !/^\d{1,10}$/u.test(uidText))
    return undefined;
  // By an old custom & stands for the account name with a capital letter.
  const capitalised = name.charAt(0).toUpperCase() + name.slice(1);
  const displayName =
    (comment ?? '')
      .split(',')[0]
      ?.replaceAll('&', () => capitalised)
      .trim() ?? '';
  return { name, uid: Number(uidText), displayName };
}

/** The account of a user id in the text of /etc/passwd; undefined when it is not one of this PC itself. */
export function findLocalAccount(passwdFile: string, uid: number): PasswdEntry | undefined {
  for (const line of passwdFile.split('\n')) {
    const entry = parsePasswdLine(line);
    if (entry?.uid === uid) return entry;
  }
  return undefined;
}

/** The names of group ids in the text of /etc/group (group(5)); undefined when one of them is not there. */
export function findLocalGroups(groupFile: string, gids: readonly number[]): readonly string[] | undefined {
  const names = new Map<number, string>();
  for (const line of groupFile.split('\n')) {
    const [name, , gid] = line.split(':');
    if (
      name !== undefined &&
      name !== '' &&
      gid !== undefined &&
      /^\d{1,10}$/u.test(gid) &&
      !names.has(Number(gid))
    ) {
      names.set(Number(gid), name);
    }
  }
  const found = [...new Set(gids)].flatMap((gid) => names.get(gid) ?? []);
  return found.length === new Set(gids).size && found.length > 0 ? found : undefined;
}

/** What `id -Gnz` prints: names that may hold spaces, each ended by a NUL. */
export function parseGroupNames(output: string): readonly string[] {
  return output.split('\0').flatMap((name) => {
    const trimmed = name.trim();
    return trimmed === '' ? [] : [trimmed];
  });
}

/** `default_realm` of a krb5.conf, or empty. */
export function parseDefaultRealm(krb5Conf: string): string {
  return /^\s*default_realm\s*=\s*([A-Za-z0-9.-]+)\s*$/mu.exec(krb5Conf)?.[1] ?? '';
}

/**
 * Splits the name of a directory account as winbind (`DOMAIN\name`) or SSSD (`name@domain`) writes it.
 * A plain name comes back with an empty domain.
 */
export function splitAccountName(fullName: string): { readonly name: string; readonly domain: string } {
  const backslash = fullName.indexOf('\\');
  if (backslash > 0) return { domain: fullName.slice(0, backslash), name: fullName.slice(backslash + 1) };
  const at = fullName.lastIndexOf('@');
  if (at > 0) return { name: fullName.slice(0, at), domain: fullName.slice(at + 1) };
  return { name: fullName, domain: '' };
}
