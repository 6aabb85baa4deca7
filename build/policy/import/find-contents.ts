/** Finds a list of contents: lines that repeat the headings after them. */

/** The part that an entry and its heading share, without numbers, dots and pages. */
export function entryOf(line: string): string {
  return line
    .replaceAll(/[*#_]/gu, ' ')
    .replace(/(?<=\p{L}[.)’']?)(?:[.…·_\s-]*)(?:\d{1,3}|(?<=\s)[ivx]{1,5})\s*$/u, '')
    .replace(
      /^\s*[-•]?\s*(?:(?:\d{1,2}(?:\.\d{1,2})*|[A-Z]\.\d{1,2}|\(?[a-z]\)|[ivx]+)[.):]?(?=\s)|(?:section|part|appendix|annex|adran|atodiad)\s+(?:\d+|[A-Z])\b[:.)]?)/iu,
      '',
    )
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
    .toLowerCase();
}

const leadingNumber = /^\s*[-•]?\s*(?:\d{1,2}(?:\.\d{1,2})*|[A-Z]\.\d{1,2})[.):]?(?=\s)/u;

const contentsTitle =
  /^(?:table of )?contents(?: page)?$|^cynnwys$|^tabl cynnwys$|^in this (?:policy|document)$/u;

const perhapsTitle = /\b(?:contents|cynnwys|in this (?:policy|document))\b/iu;

/**
 * The first and the last line of the list, including its title; undefined if there is none. The list ends where an
 * entry appears again, as the heading that it names. It takes only repeated lines and a few between them.
 */
export function findContents(
  lines: readonly string[],
): { readonly begin: number; readonly end: number } | undefined {
  if (!lines.some((line) => perhapsTitle.test(line))) return undefined;
  const entries = lines.map(entryOf);
  const begin = entries.findIndex((entry) => contentsTitle.test(entry));
  if (begin === -1) return undefined;
  const last = new Map<string, number>();
  for (const [index, entry] of entries.entries()) if (entry !== '') last.set(entry, index);
  /** Each entry with its number, '' if it has none. */
  const seen = new Map<string, Set<string>>();
  let matched = 0;
  let unmatched = 0;
  let end = begin;
  for (let index = begin + 1; index < lines.length; index += 1) {
    const entry = entries[index] ?? '';
    if (entry === '' || /^(?:page|tudalen)$/u.test(entry)) continue;
    const number = leadingNumber.exec(lines[index] ?? '')?.[0].replaceAll(/[^\dA-Z.]|\.$/gu, '') ?? '';
    const numbers = seen.get(entry);
    // The heading itself: the same number, or a number on one side only. "1.1 Introduction" does not repeat "1
    // Introduction".
    if (numbers !== undefined && (numbers.has(number) || number === '' || numbers.has(''))) break;
    const hasPage = /(?:[.…·_]{3,}|\t)\s*\d{1,3}\s*$/u.test(lines[index] ?? '');
    if ((last.get(entry) ?? 0) > index || hasPage) {
      seen.set(entry, new Set([...(numbers ?? []), number]));
      matched += 1;
      end = index;
    } else {
      unmatched += 1;
      // A few entries differ from their headings, but ordinary text after them is no list.
      if ((lines[index] ?? '').length > 120 || unmatched > 3 + matched / 2) break;
    }
  }
  return matched >= 2 ? { begin, end } : undefined;
}
