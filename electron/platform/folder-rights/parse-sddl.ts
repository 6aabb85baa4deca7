/** Reads who may do something from a security descriptor, as Windows writes it in text (SDDL, MS-DTYP 2.5.1). */

export interface FileRights {
  /** A SID, or the two letters that stand for a well-known one; empty where the text names none. */
  readonly owner: string;
  /** The trustees whom an entry allows something; undefined where everything is allowed to everybody. */
  readonly allowed: readonly string[] | undefined;
}

/** Type, flags, rights, two ids of object types, trustee; what follows, as a condition, changes none of them. */
const entryPattern = /\(([^;()]*);([^;()]*);([^;()]*);[^;()]*;[^;()]*;([^;()]*)(?=[;)])/gu;
const ownerPattern = /(?:^|\s)O:(S-1(?:-(?:0x[0-9A-Fa-f]{12}|\d+))+|[A-Z]{2})/u;

export function parseSddl(text: string): FileRights {
  const owner = ownerPattern.exec(text)?.[1] ?? '';
  const start = text.indexOf('D:');
  // No list at all, or a list that Windows calls so, restricts nothing. An empty list allows nothing.
  if (start === -1 || text.startsWith('D:NO_ACCESS_CONTROL', start)) return { owner, allowed: undefined };
  const end = text.indexOf('S:', start);
  const list = text.slice(start, end === -1 ? undefined : end);
  const allowed: string[] = [];
  for (const [, type = '', flags = '', , trustee = ''] of list.matchAll(entryPattern)) {
    // `IO`: for what is created in the folder later, with an entry of its own then.
    const isForThisFolder = !/^(?:..)*IO/u.test(flags);
    if (/^(?:A|OA|XA|ZA)$/u.test(type) && isForThisFolder) allowed.push(trustee);
  }
  return { owner, allowed };
}

/** Windows writes some SIDs by two letters: the built-in administrator and the guest of the PC. */
export function isTrustee(trustee: string, sid: string): boolean {
  if (trustee === sid) return true;
  const relativeId = sid.startsWith('S-1-5-21-') ? sid.slice(sid.lastIndexOf('-') + 1) : '';
  return (trustee === 'LA' && relativeId === '500') || (trustee === 'LG' && relativeId === '501');
}
