/** Takes out of a text what could name a person, a PC, a school's address or a device. */

/** Replaces what is taken out. */
const hidden = '[…]';

/** A shorter value is hidden only as a whole word: hidden inside other words it would leave nothing to read. */
const shortestPiece = 3;

/**
 * Forms that are personal whatever they contain. They take out too much rather than too little: a lost file name costs a
 * question, and a file name that was sent cannot be taken back.
 */
const forms: readonly RegExp[] = [
  // Addresses, of the web and of e-mail.
  /\b[a-z][a-z0-9+.-]*:\/\/\S*/giu,
  /\S+@\S+/gu,
  // Paths, as far as they may reach: names in them hold spaces. The kernel's own paths are the same on every PC.
  /(?:\b[a-z]:[\\/]|\\\\)[^"'“”\n,;]*/giu,
  /(?<=^|[\s"'“(=:])\/(?!(?:sys|proc)\/)[^"'“”\n,;]*/gu,
  /%[^%\s]+%\S*/gu,
  // Quoted text: a person has typed or named it.
  /"[^"]*"|“[^”]*”|(?<!\w)'[^']*'/gu,
  // Windows accounts, by SID and by name.
  /\bS-1-\d[\d-]*/giu,
  /[^\s\\]+\\[^\s\\]+/gu,
  // Addresses of networks and of network cards.
  /\b\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?\b/gu,
  /\b(?:[0-9a-f]{0,4}:){3,7}[0-9a-f]{0,4}\b/giu,
  /\b[0-9a-f]{2}(?:[:-][0-9a-f]{2}){5}\b/giu,
  // Names of hosts, but not of the system's own services and libraries.
  /\b(?!org\.freedesktop\.)(?:[\p{L}\p{N}-]+\.)+(?!(?:dll|service|json)\b)\p{L}{2,}\b/giu,
  // Ids, tokens and serial numbers, but not error numbers of Windows (0x80070005).
  /\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/giu,
  /\b(?!0x[0-9a-f]{1,8}\b)(?=\w*\d)\w{9,}\b/giu,
  /\b\d{6,}\b/gu,
];

/** The longest text that adapters give. A text of this length was cut, perhaps in the middle of a name. */
const cutFromLength = 290;

/** Values that are known to be personal on one PC. Empty texts hide nothing. */
export interface Personal {
  /** Names of people, of the PC, of the school: each word of a name is hidden as well. */
  readonly names: readonly string[];
  /** Ids, folders, addresses, tokens: only the whole value is hidden. */
  readonly others: readonly string[];
}

/** The function hides these values, in upper and lower case, and every form that is personal. */
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

/** A cut text may end with the start of a value, which no pattern finds. */
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
