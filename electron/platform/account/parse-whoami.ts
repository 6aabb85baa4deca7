/** Reads what Windows' own `whoami` prints as a list with commas (`/fo csv /nh`). */
import { isSid } from '../native/parse-sid.ts';

/** The fields of each line; a quote in a field is doubled. */
function parseLines(text: string): readonly (readonly string[])[] {
  return text
    .split(/\r?\n/u)
    .filter((line) => line.startsWith('"'))
    .map((line) =>
      [...line.matchAll(/"((?:[^"]|"")*)"/gu)].map(([, field = '']) => field.replaceAll('""', '"')),
    );
}

/** `whoami /user`: a name, then the SID; undefined where there is none. */
export function parseWhoamiUser(text: string): string | undefined {
  return parseLines(text)
    .flatMap(([, sid = '']) => (isSid(sid) ? [sid] : []))
    .at(0);
}

/** The integrity level, which is no group of a user. */
const integrityLevels = 'S-1-16-';
/** `whoami` prints in the code page of consoles, which this program cannot read: such a name is left out. */
const unreadable = '\uFFFD';

/** `whoami /groups`: each group by its SID, and by its name where that is readable. */
export function parseWhoamiGroups(text: string): readonly string[] {
  const names = new Set<string>();
  for (const [name = '', , sid = ''] of parseLines(text)) {
    if (!isSid(sid) || sid.startsWith(integrityLevels)) continue;
    names.add(sid);
    if (name !== '' && !name.includes(unreadable)) names.add(name);
  }
  return [...names];
}

/** `whoami /logonid`: the SID of the logon session; undefined where there is none. */
export function parseWhoamiLogon(text: string): string | undefined {
  return /^S-1-5-5-\d+-\d+$/mu.exec(text.replaceAll('\r', ''))?.[0];
}
