/**
 * Mends single lines as scanners and word processors spoil them. Pure: takes a line, returns the line and what was
 * done.
 */

export type Mends = {
  /** Lone strokes, and strokes written for the word I. */
  readonly strokes: number;
  /** Signs into which a scanner turned list bullets. */
  readonly bullets: number;
  /** Ligatures, mangled quotation marks, invisible characters. */
  readonly characters: number;
};

export const noMends: Mends = { strokes: 0, bullets: 0, characters: 0 };

export function addMends(left: Mends, right: Mends): Mends {
  return {
    strokes: left.strokes + right.strokes,
    bullets: left.bullets + right.bullets,
    characters: left.characters + right.characters,
  };
}

/** UTF-8 that a program read as Windows text once too often. */
const mangled: readonly (readonly [RegExp, string])[] = [
  [/â€™|â€˜/gu, '’'],
  [/â€“|â€”/gu, '–'],
  [/â€¢/gu, '•'],
  [/â€¦/gu, '…'],
  // The last byte of a closing quotation mark is often lost. All other sequences with this start were replaced before.
  [/â€œ|â€\u009d|â€/gu, '”'],
  [/Â(?=[£ ©®])/gu, ''],
];

/** The letters that Windows text shows for the bytes 80 to BF, in their order. */
const windowsTrail = new TextDecoder('windows-1252').decode(
  Uint8Array.from({ length: 64 }, (_, index) => 0x80 + index),
);
/**
 * Accented letters of Western and Welsh alphabets (ê, ô, ŵ, ŷ). Their first byte shows as Ã, Ä or Å, and no English or
 * Welsh word continues in this way.
 */
const mangledLetter = new RegExp(`[ÃÄÅ][${windowsTrail.replaceAll(/[\]\\^-]/gu, '\\$&')}]`, 'gu');

function mendLetter(mangledPair: string): string {
  const [lead = '', trail = ''] = mangledPair;
  return new TextDecoder().decode(Uint8Array.of(lead.charCodeAt(0), 0x80 + windowsTrail.indexOf(trail)));
}

const ligatures: Readonly<Record<string, string>> = {
  '\uFB00': 'ff',
  '\uFB01': 'fi',
  '\uFB02': 'fl',
  '\uFB03': 'ffi',
  '\uFB04': 'ffl',
  '\uFB05': 'st',
  '\uFB06': 'st',
};

export function mendCharacters(line: string): { readonly line: string; readonly mends: Mends } {
  // Most lines are plain letters and have nothing to mend.
  if (/^[\t -~]*$/u.test(line)) return { line: line.trimEnd(), mends: noMends };
  let mended = line;
  for (const [wrong, right] of mangled) mended = mended.replaceAll(wrong, right);
  mended = mended.replaceAll(mangledLetter, mendLetter);
  mended = mended.replaceAll(/[\uFB00-\uFB06]/gu, (ligature) => ligatures[ligature] ?? ligature);
  // Removes soft hyphens and other invisible signs. Tabs stay, because they separate the cells of a row.
  mended = mended.replaceAll(/(?![\t])[\p{Cc}\p{Cf}]/gu, '');
  mended = mended.normalize('NFC');
  const characters = mended === line.normalize('NFC') ? 0 : 1;
  // Every space except the tab becomes an ordinary space; the report need not mention that.
  mended = mended.replaceAll(/[^\S\t\n]/gu, ' ').trimEnd();
  return { line: mended, mends: { ...noMends, characters } };
}

/** Verbs before which a stroke can only be the word I, and a 1 may be. */
const afterI =
  'will|am|have|agree|understand|shall|must|may|can|do|did|know|see|receive|accept|consent|give|promise|create|feel|only|wish|believe|use|support|confirm|undertake|acknowledge|appreciate|ensure|take|meet|approve|upload|send|monitor|access|had|was|would|should|need|own|work|find|think|also|never|always';

/** A row of a table has a stroke at both ends. A sentence may too, but then a verb follows the first. */
const tableRow = new RegExp(`^\\s*\\|(?!\\s+(?:${afterI})\\b).*\\|\\s*$`, 'u');
const loneStroke = /(?<=^|[\s(“"‘'])[|¦](?=\s+\p{Ll}|\s*$)/gu;
const strokeBeforeVerb = new RegExp(`(?<=^|[\\s(“"‘'])[|¦](?=\\s+(?:${afterI})\\b)`, 'u');
/** Signs other than a stroke that a scanner makes of I, in a place where only a promise can start. */
const lostStart = new RegExp(`^\\s*(?:\\S{1,3}[.)]\\s+)?[1l](?=\\s+(?:${afterI})\\b)`, 'u');
const wrongStart = new RegExp(`^(\\s*(?:\\S{1,3}[.)]\\s+)?)[!\\[\\]](?=\\s+(?:${afterI})\\b)`, 'u');
/**
 * Where a clause starts: a line, perhaps after its list sign, a sentence, a quotation, or words without a number after
 * them.
 */
const clauseBegins = String.raw`^\s*(?:(?:[•*–-]|\(?\w{1,3}[.)])\s+)?|[.;:]\s+|(?<!\S)[(“"‘']|,\s+(?:and|but|or)\s+|\b(?:[Ii]f|[Ww]hen|[Tt]hat|[Ww]hat|[Bb]ecause|[Uu]nless|[Uu]ntil|[Ww]hile)\s+`;
const beforeVerb = String.raw`(?=\s+(?:${afterI})\b)`;
const notAfterName = String.raw`(?<!\p{Lu}[\p{L}’'-]*\s+)`;
// Match the sign before the text in front of it, or the search would scan long runs of spaces again and again.
/** The 1 of “Year 1 must” is a number. */
const loneDigit = new RegExp(`(?=1${beforeVerb})(?<=${clauseBegins})1`, 'gu');
/** A lone l is no word; after a name it was a 1. */
const loneLetter = new RegExp(`(?=l${beforeVerb})(?<=^|[\\s(“"‘'])${notAfterName}l`, 'gu');
const perhapsI = new RegExp(`(?=[1l]${beforeVerb})(?:(?<=\\s)${notAfterName}1|(?<=\\s)l)`, 'u');

export interface MendedStrokes {
  readonly line: string;
  readonly mends: Mends;
  /** A 1 was read as the word I, but may have been a number. */
  readonly isDigitRead: boolean;
  /** A 1 or an l was left, but may be the word I. */
  readonly isDigitLeft: boolean;
}

/** The number of lines that have another sign where only the word I can be: a scanner has read them. */
export function countLostI(lines: readonly string[]): number {
  return lines.filter(
    (line) =>
      !tableRow.test(line) && (strokeBeforeVerb.test(line) || wrongStart.test(line) || lostStart.test(line)),
  ).length;
}

/**
 * `| will` becomes `I will`. Leaves rows of a table alone, which have a stroke at both ends. Also leaves strokes that
 * separate words ("May 2026 | Internal"), because no verb follows them.
 * @param isScan strokes mean I elsewhere in the text, so a stroke before any small letter does too.
 */
export function mendStrokes(source: string, isScan = true): MendedStrokes {
  if (tableRow.test(source)) return { line: source, mends: noMends, isDigitRead: false, isDigitLeft: false };
  const line = source.replace(wrongStart, '$1I');
  if (!isScan && !strokeBeforeVerb.test(line)) return mendDigits(line, line === source ? 0 : 1);
  const parted = line.match(/[|¦]/gu)?.length ?? 0;
  if (parted > 1 && !strokeBeforeVerb.test(line) && /[\p{L}\d]\s+[|¦]\s+[\p{L}\d]/u.test(line)) {
    return mendDigits(line, line === source ? 0 : 1);
  }
  let strokes = line === source ? 0 : 1;
  const withoutStrokes = line.replaceAll(loneStroke, () => {
    strokes += 1;
    return 'I';
  });
  return mendDigits(withoutStrokes, strokes);
}

function mendDigits(withoutStrokes: string, before: number): MendedStrokes {
  let strokes = before;
  const toI = () => {
    strokes += 1;
    return 'I';
  };
  const withoutDigits = withoutStrokes.replaceAll(loneDigit, toI);
  const mended = withoutDigits.replaceAll(loneLetter, toI);
  return {
    line: mended,
    mends: { ...noMends, strokes },
    isDigitRead: withoutDigits !== withoutStrokes,
    isDigitLeft: perhapsI.test(mended),
  };
}

/** Mends words in which a scanner has confused I and l, and a stray quotation mark before a promise. */
export function mendScannedWords(line: string): { readonly line: string; readonly words: readonly string[] } {
  const words: string[] = [];
  const mended = line
    .replaceAll(/(?<![\p{L}\d])\p{Lu}?\p{Ll}+I+\p{Ll}*(?![\p{L}\d])/gu, (word) => {
      const right = word.replaceAll('I', 'l');
      words.push(`${word} → ${right}`);
      return right;
    })
    .replaceAll(/(?<![\p{L}\d’'])l([tfns])(?=\s\p{Ll})/gu, (word, letter: string) => {
      words.push(`${word} → I${letter}`);
      return `I${letter}`;
    })
    .replace(/^(\s*)[‘'`](?=I\s[^’']*$)/u, '$1')
    .replace(/^(\s*\d{1,2}),(?=\s+I\s)/u, '$1.');
  return { line: mended, words };
}

/**
 * Scanners read a round bullet as e, o, ¢ or ©. In Welsh e and o are words, so there the next letter must be a capital.
 */
export function mendBullet(
  line: string,
  language: 'en-GB' | 'cy-GB',
): { readonly line: string; readonly mends: Mends } {
  const follows = language === 'cy-GB' ? '(?=[\\p{Lu}|])' : '(?=[\\p{L}|])';
  const bullet = new RegExp(`^(\\s*)(?:[¢©«»]|[eo](?= ))\\s+${follows}`, 'u');
  return bullet.test(line)
    ? { line: line.replace(bullet, '$1• '), mends: { ...noMends, bullets: 1 } }
    : { line, mends: noMends };
}

/** English words that keep their hyphen wherever a line breaks them: first part, and what must follow. */
const keptHyphens: readonly (readonly [RegExp, RegExp])[] = [
  [/^(?:e|non|self|ex|anti|well|x|t)$/iu, /./u],
  [/-/u, /./u],
  [/^co$/iu, /^(?:operat|ordinat|opt|author|pilot|owner|worker|educat|teach|exist)/iu],
  [
    /^re$/iu,
    /^(?:sent|send|enter|entry|elect|sign(?:ed|ing)?$|issue|use|read|open|set|admit|admission|educat|evaluat|examin|assess)/iu,
  ],
  [/^(?:long|short|medium|mid)$/iu, /^(?:term|standing|lasting|range|lived|year|day|week)/iu],
  [
    /^(?:part|full|half|first|real|one|two|third|last)$/iu,
    /^(?:time|way|hand|party|minute|page|factor|step|class|year|day)/iu,
  ],
  [/^(?:up|face|day|one|peer|year)$/iu, /^to$/iu],
  [
    /^(?:cyber|on|off|hard|soft|high|low|cross|multi|pre|post|inter|whole|sub|over|under)$/iu,
    /^(?:site|line|copy|quality|level|risk|speed|school|curricular|media|agency|factor|user|existing|curriculum)$/iu,
  ],
];

function keepsHyphen(head: string, tail: string): boolean {
  return keptHyphens.some(([first, second]) => first.test(head) && second.test(tail));
}

/**
 * Joins two lines of one paragraph. Removes a hyphen at the end of the first, unless the word is always written with a
 * hyphen, or has one elsewhere in the text.
 */
export function joinLines(
  first: string,
  second: string,
  hyphenated: ReadonlySet<string>,
): { readonly text: string; readonly wasHyphenated: boolean } {
  const head = /(?<![\p{L}-])((?:\p{L}+-)*\p{L}+)-$/u.exec(first.slice(-60))?.[1];
  const tail = /^\p{Ll}+/u.exec(second)?.[0];
  if (head === undefined || tail === undefined || (head.length < 2 && !/^e$/iu.test(head))) {
    return { text: `${first} ${second}`, wasHyphenated: false };
  }
  return hyphenated.has(`${head}-${tail}`.toLowerCase()) || keepsHyphen(head, tail)
    ? { text: first + second, wasHyphenated: false }
    : { text: first.slice(0, -1) + second, wasHyphenated: true };
}

/** The words that a text writes with a hyphen inside a line. */
export function hyphenatedWords(lines: readonly string[]): ReadonlySet<string> {
  return new Set(
    lines.flatMap((line) => [...line.matchAll(/\p{L}+(?:-\p{L}+)+/gu)].map(([word]) => word.toLowerCase())),
  );
}
