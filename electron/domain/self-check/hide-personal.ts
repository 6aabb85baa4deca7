/** Takes out of a text what could name a person, a PC, a school's address or a device. */

/** Stands for what was taken out. */
const hidden = '[…]';

/** A shorter value is hidden as a word of its own only: as a piece of others it would leave nothing to read. */
const shortestPiece = 3;

/**
 * What is personal by its form, whatever it says. It takes too much rather than too little: a file name that is lost
 * costs a question, one that is sent cannot be called back.
 */
const forms: readonly RegExp[] = [
  // Addresses, of the web and of e-mail.
  /\b[a-z][a-z0-9+.-]*:\/\/\S*/giu,
  /\S+@\S+/gu,
  // Paths, to the end of what may belong to them: names in them hold spaces. What the kernel itself serves is the same everywhere.
  /(?:\b[a-z]:[\\/]|\\\\)[^"'“”\n,;]*/giu,
  /(?<=^|[\s"'“(=:])\/(?!(?:sys|proc)\/)[^"'“”\n,;]*/gu,
  /%[^%\s]+%\S*/gu,
  // Whatever somebody quotes was typed or named by somebody.
  /"[^"]*"|“[^”]*”|(?<!\w)'[^']*'/gu,
  // Accounts of Windows, by number and by name.
  /\bS-1-\d[\d-]*/giu,
  /[^\s\\]+\\[^\s\\]+/gu,
  // Addresses of networks and of their cards.
  /\b\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?\b/gu,
  /\b(?:[0-9a-f]{0,4}:){3,7}[0-9a-f]{0,4}\b/giu,
  /\b[0-9a-f]{2}(?:[:-][0-9a-f]{2}){5}\b/giu,
  // Names of hosts; names of the system's own services and libraries are none.
  /\b(?!org\.freedesktop\.)(?:[\p{L}\p{N}-]+\.)+(?!(?:dll|service|json)\b)\p{L}{2,}\b/giu,
  // Ids, tokens and serial numbers; an error number of Windows (0x80070005) is none.
  /\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/giu,
  /\b(?!0x[0-9a-f]{1,8}\b)(?=\w*\d)\w{9,}\b/giu,
  /\b\d{6,}\b/gu,
];

/** The longest text that adapters give; one that is as long was cut, perhaps in the middle of a name. */
const cutFromLength = 290;

/** What is known to be personal on one PC. Empty texts hide nothing. */
export interface Personal {
  /** Of people, of the PC, of the school: each word of a name is hidden as well. */
  readonly names: readonly string[];
  /** Ids, folders, addresses, tokens: hidden as a whole. */
  readonly others: readonly string[];
}

/** Makes what hides all of it, in upper and lower case alike, and what is personal by its form. */
export function createHider({ names, others }: Personal): (text: string) => string {
  const words = names.flatMap((name) => plain(name).split(/[\s@\\/,;]+/u));
  const values = new Set(
    [...names, ...others]
      .map(plain)
      .filter((value) => value !== '')
      .concat(words.filter((word) => word.length >= shortestPiece)),
  );
  const patterns = [...values]
    .toSorted((one, other) => other.length - one.length)
    .map((value) => {
      const literal = value.replaceAll(/[\\^$.*+?()[\]{}|/]/gu, '\\$&');
      const isPiece = value.length >= shortestPiece;
      return new RegExp(isPiece ? literal : `(?<![\\p{L}\\p{N}])${literal}(?![\\p{L}\\p{N}])`, 'giu');
    });
  return (text) => {
    let shown = plain(text);
    for (const pattern of [...patterns, ...forms]) shown = shown.replaceAll(pattern, hidden);
    if (text.length >= cutFromLength) shown = withoutTornEnd(shown, [...values]);
    return shown.replaceAll(/(?:\[…\]\s*){2,}/gu, `${hidden} `).trim();
  };
}

/** Where a text was cut there may stand the beginning of a value, which is no longer the value that is looked for. */
function withoutTornEnd(text: string, values: readonly string[]): string {
  const kept = text.replace(/\S*$/u, '').trimEnd();
  const end = kept.toLowerCase();
  const torn = values.map((value) => {
    const beginning = value.toLowerCase();
    for (let length = beginning.length; length > 0; length -= 1) {
      if (end.endsWith(beginning.slice(0, length).trimEnd())) return length;
    }
    return 0;
  });
  return kept.slice(0, kept.length - Math.max(0, ...torn));
}

/** One line, one way of writing each letter. */
function plain(text: string): string {
  return text
    .normalize('NFC')
    .replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .trim();
}
