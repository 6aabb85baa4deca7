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

/** Whether the account is one of this PC itself, judged by the text of /etc/passwd. */
export function isLocalAccount(passwdFile: string, account: Pick<PasswdEntry, 'name' | 'uid'>): boolean {
  return passwdFile.split('\n').some((line) => {
    const entry = parsePasswdLine(line);
    return entry !== undefined && entry.name === account.name && entry.uid === account.uid;
  });
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
