/** Compares the words of a document with those of its pack: none may be missing without a reason. */
import type { LeftOut, LeftOutReason } from './clean-document.ts';
import { check, done, type Note } from './document-model.ts';
import { mendCharacters } from './mend-line.ts';

export type WordAccount = {
  readonly total: number;
  readonly inPack: number;
  readonly leftOut: ReadonlyMap<LeftOutReason, number>;
  /** Words that are neither in the pack nor listed as left out, in the order of the document. */
  readonly missing: readonly string[];
};

const spoilt: Readonly<Record<string, string>> = {
  '\u019F': 'ti',
  '\u01A9': 'tt',
  '\u014D': 'ft',
  '\u019E': 'tf',
  '\u01AA': 'tti',
  '\u01AB': 'tti',
};

export function accountFor(
  source: string,
  pack: readonly string[],
  leftOut: readonly LeftOut[],
): WordAccount {
  const words = wordsOf(source);
  const extra = new Map<string, number>();
  for (const text of pack) for (const word of wordsOf(text)) extra.set(word, (extra.get(word) ?? 0) + 1);
  const take = (word: string) => {
    const count = extra.get(word) ?? 0;
    if (count <= 0) return false;
    extra.set(word, count - 1);
    return true;
  };
  let open = words.filter((word) => !take(word));
  const counts = new Map<LeftOutReason, number>();
  const reasons = new Map<string, LeftOutReason[]>();
  for (const { text, reason } of leftOut) {
    for (const word of wordsOf(text)) {
      const list = reasons.get(word);
      if (list === undefined) reasons.set(word, [reason]);
      else list.push(reason);
    }
  }
  const count = (reason: LeftOutReason, more: number) => counts.set(reason, (counts.get(reason) ?? 0) + more);
  open = open.filter((word) => {
    const reason = reasons.get(word)?.shift();
    if (reason !== undefined) count(reason, 1);
    return reason === undefined;
  });
  const missing = withoutMended(open, extra, reasons, count);
  const named = [...counts.values()].reduce((sum, count) => sum + count, 0);
  return { total: words.length, inPack: words.length - named - missing.length, leftOut: counts, missing };
}

/** The words of a text in small letters, without the signs between them. */
export function wordsOf(text: string): readonly string[] {
  // Plain letters have nothing to mend.
  if (/^[\t\n -~]*$/u.test(text)) {
    return (text.includes('\\') ? text.replaceAll('\\', '') : text).toLowerCase().match(/[a-z0-9]+/gu) ?? [];
  }
  const mended = mendCharacters(
    text
      .replaceAll(/\s+/gu, ' ')
      .replaceAll(/[\u019F\u01A9\u014D\u019E\u01AA\u01AB]/gu, (letter) => spoilt[letter] ?? letter),
  ).line;
  return (
    mended
      .replaceAll('\\', '')
      .toLowerCase()
      .match(/[\p{L}\p{N}]+/gu) ?? []
  );
}

/** Words that a line end had split are whole in the pack or in the report, and misread letters are different there. */
function withoutMended(
  open: readonly string[],
  extra: ReadonlyMap<string, number>,
  reasons: ReadonlyMap<string, readonly LeftOutReason[]>,
  countReason: (reason: LeftOutReason, words: number) => void,
): readonly string[] {
  const missing: string[] = [];
  if (open.length === 0) return missing;
  const folded = new Map<string, (LeftOutReason | 'in the pack')[]>();
  const offer = (word: string, places: readonly (LeftOutReason | 'in the pack')[]) => {
    if (places.length > 0) folded.set(fold(word), [...(folded.get(fold(word)) ?? []), ...places]);
  };
  for (const [word, count] of extra)
    offer(
      word,
      Array.from({ length: count }, () => 'in the pack' as const),
    );
  for (const [word, places] of reasons) offer(word, places);
  const take = (word: string, words: number) => {
    const place = folded.get(fold(word))?.shift();
    if (place !== undefined && place !== 'in the pack') countReason(place, words);
    return place !== undefined;
  };
  for (let index = 0; index < open.length; index += 1) {
    const word = open[index] ?? '';
    const next = open[index + 1];
    if (next !== undefined && take(word + next, 2)) index += 1;
    else if (!take(word, 1)) missing.push(word);
  }
  return missing;
}

/** Maps letters that a scanner confuses to the same letter. */
function fold(word: string): string {
  return word.replaceAll(/[1l|]/gu, 'i');
}

export function tellAccount(account: WordAccount): Note {
  const { total, inPack, leftOut, missing } = account;
  const reasons = [...leftOut].map(([reason, count]) => `${reason} ${count}`).join(', ');
  const share = total === 0 ? 100 : Math.floor(((total - missing.length) / total) * 10_000) / 100;
  const text = `Words: ${total} in the document, ${inPack} in the pack, ${total - inPack - missing.length} left out for a reason${reasons === '' ? '' : ` (${reasons})`}, ${missing.length} missing: ${share} % accounted for.`;
  if (missing.length === 0) return done(text);
  const shown = missing.slice(0, 40).join(' ');
  return check(`${text} Missing: “${shown}”${missing.length > 40 ? ' and more' : ''}.`);
}
