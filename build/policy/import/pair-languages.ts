/**
 * Pairs the statements or headings of two languages. It knows no grammar: it keeps the order, and compares numbers,
 * names, "not", length, and some words that every policy has.
 */

export type Pair = {
  /** Undefined: the second language says it, and the first does not. */
  readonly first: number | undefined;
  readonly second: number | undefined;
};

/** What policies speak of, in English and in Welsh, with the changes of first letters that Welsh makes. */
const topics: readonly RegExp[] = [
  /password|cyfrinair|chyfrinair|gyfrinair|cyfrineir|nghyfrin/iu,
  /\bscreens?\b|sgrin/iu,
  /e-?mails?\b|e-?bost/iu,
  /internet|online|rhyngrwyd|ar-?lein/iu,
  /computers?\b|laptops?\b|gyfrifiadur|cyfrifiadur|chyfrifiadur|gliniadur/iu,
  /devices?\b|equipment|[dn]dyfais|\bdyfais|ddyfais|dyfeisiau|ddyfeisiau|offer\b|gyfarpar|cyfarpar/iu,
  /phones?\b|mobile|ff[oô]n|ffonau/iu,
  /photo|picture|image|film|video|\blluniau|\bllun\b|\blun\b|\bluniau|ffilm|fideo/iu,
  /memory stick|\bstick|usb|cof bach|gof bach|chof bach|cofau bach/iu,
  /\bshar(?:e|es|ed|ing)\b|\brhannu|\brannu/iu,
  /\block(?:ed)?\b|\bcloi|\bgloi|\bclo\b/iu,
  /\breport|\btell\b|\bsay\b|dweud|ddweud|adrodd|rhoi gwybod|roi gwybod|hysbysu/iu,
  /teacher|athro|athrawes|athrawon/iu,
  /parents?\b|carers?\b|rhieni|rieni|rhiant|riant|gofalwyr/iu,
  /pupils?\b|children|child\b|disgybl|ddisgybl|plant\b|blant\b|phlant|plentyn|blentyn/iu,
  /agree|accept|cytuno|cytunaf|derbyn/iu,
  /understand|aware|deall|ddeall|ymwybodol/iu,
  /\bread\b|darllen|ddarllen/iu,
  /permission|\bask\b|caniat|ganiat|chaniat|gofyn|ofyn/iu,
  /install|program|software|gosod|osod|rhaglen|raglen|meddalwedd/iu,
  /respect|polite|kind\b|parch|barch|pharch|cwrtais|garedig|caredig/iu,
  /social media|cyfryngau cymdeithasol|gyfryngau cymdeithasol/iu,
  /\bdata\b|information|gwybodaeth|wybodaeth|data/iu,
  /copyright|hawlfraint/iu,
  /monitor|\bcheck|record|monitro|fonitro|gwirio|wirio|cofnodi|gofnodi/iu,
  /polic(?:y|ies)|polisi|bolisi|pholisi/iu,
  /\brules?\b|rheol|reol/iu,
  /return|bring|dychwelyd|ddychwelyd|dod â|ddod â/iu,
  /\blost\b|\bloss\b|stolen|\bcoll|\bgoll|\bchol|dwyn|ddwyn/iu,
  /\bhome\b|gartref|cartref/iu,
  /\bwork\b|gwaith|waith/iu,
  /introduction|cyflwyniad|rhagarweiniad/iu,
  /purpose|\baims?\b|pwrpas|diben|nodau|\bnod\b/iu,
  /scope|cwmpas/iu,
  /agreement|cytundeb|gytundeb/iu,
  /appendix|annex|atodiad/iu,
  /responsib|cyfrifoldeb|gyfrifoldeb/iu,
  /security|safety|\bsafe|diogel|ddiogel/iu,
  /review|adolyg/iu,
  /sanction|consequence|breach|sancsiwn|canlyniad|torri/iu,
  /print|argraff/iu,
  /network|rhwydwaith|rwydwaith/iu,
  /visitors?\b|guests?\b|ymwelwyr|ymwelydd/iu,
  /governors?\b|llywodraethwyr/iu,
];

const negative =
  /\b(?:not|never|cannot|no|nobody|without)\b|n['’]t\b|\b(?:ni|nid|na|nad|byth|ddim|dim|peidio|heb)\b/iu;

/** Pairs in the order of both, with what has no partner where it was. */
export function pairLanguages(first: readonly string[], second: readonly string[]): readonly Pair[] {
  const marks = [first.map(markOf), second.map(markOf)] as const;
  const width = second.length + 1;
  const best = new Float64Array((first.length + 1) * width);
  const at = (row: number, column: number) => best[row * width + column] ?? 0;
  const gain = (row: number, column: number) => likeness(marks[0][row], marks[1][column]);
  for (let row = first.length - 1; row >= 0; row -= 1) {
    for (let column = second.length - 1; column >= 0; column -= 1) {
      best[row * width + column] = Math.max(
        at(row + 1, column),
        at(row, column + 1),
        at(row + 1, column + 1) + gain(row, column),
      );
    }
  }
  const pairs: Pair[] = [];
  let row = 0;
  let column = 0;
  while (row < first.length || column < second.length) {
    const isPair =
      row < first.length &&
      column < second.length &&
      gain(row, column) > 0 &&
      at(row, column) === at(row + 1, column + 1) + gain(row, column);
    if (isPair) {
      pairs.push({ first: row, second: column });
      row += 1;
      column += 1;
    } else if (row < first.length && (column >= second.length || at(row, column) === at(row + 1, column))) {
      pairs.push({ first: row, second: undefined });
      row += 1;
    } else {
      pairs.push({ first: undefined, second: column });
      column += 1;
    }
  }
  return pairs;
}

type Mark = {
  readonly topics: ReadonlySet<number>;
  /** Numbers, names and addresses, which no translation changes. */
  readonly fixed: ReadonlySet<string>;
  /** The number of a section, in place of its words. */
  readonly section: string | undefined;
  readonly isNegative: boolean;
  readonly length: number;
};

function markOf(text: string): Mark {
  const section = /^(?:appendix|annex|atodiad)\s+(\w{1,2})\b|^(\d{1,2}(?:\.\d{1,2})*)\.?\s/iu.exec(text);
  return {
    topics: new Set(topics.flatMap((topic, index) => (topic.test(text) ? [index] : []))),
    fixed: new Set(
      text.match(/(?<![\p{L}\d])(?:\d+|\p{Lu}{2,}|\p{Lu}\p{Ll}+\p{Lu}\w*|\S+@\S+|\S+\.\w{2,})/gu) ?? [],
    ),
    section: section?.[1] ?? section?.[2],
    isNegative: negative.test(text),
    length: text.length,
  };
}

/** More than 0 if the two may say the same. */
function likeness(first: Mark | undefined, second: Mark | undefined): number {
  if (first === undefined || second === undefined) return 0;
  let value = 0.35;
  if (first.section !== undefined && second.section !== undefined) {
    value += first.section === second.section ? 0.8 : -0.8;
  }
  value += 0.6 * overlap(first.topics, second.topics) + 0.4 * overlap(first.fixed, second.fixed);
  value += first.isNegative === second.isNegative ? 0.1 : -0.3;
  const ratio = Math.abs(Math.log((first.length + 10) / (second.length + 10)));
  return value - (ratio > 1 ? 0.3 : ratio * 0.1);
}

/** From 1, if all of the smaller set are in the other, to -1; 0 if a set is empty. */
function overlap<Each>(first: ReadonlySet<Each>, second: ReadonlySet<Each>): number {
  const least = Math.min(first.size, second.size);
  if (least === 0) return 0;
  const shared = [...first].filter((each) => second.has(each)).length;
  return (2 * shared) / least - 1;
}
