/** Removes what belongs to the page rather than the text: page numbers, running headers and footers. */

type Pages = readonly (readonly string[])[];

const pageNumber =
  /^(?:[-–—\s]*\d{1,3}[-–—\s]*|(?:page|tudalen|p\.)\s*\d{1,3}(?:\s*(?:of|o|\/)\s*\d{1,3})?|\d{1,3}\s*(?:of|o|\/)\s*\d{1,3})$/iu;

/** How many lines at the top and bottom of a page may be furniture. */
const edgeLines = 3;

/**
 * A line is furniture when it is a bare page number, or when its words appear again at the edge of other pages. Of two
 * pages both must have it; otherwise at least three and more than half. Numbers are not compared: "Page 3" equals
 * "Page 4".
 */
export function removeFurniture(pages: Pages): {
  readonly pages: string[][];
  /** The removed lines. */
  readonly taken: readonly { readonly text: string; readonly what: 'running line' | 'page number' }[];
} {
  const seen = new Map<string, number>();
  for (const page of pages) {
    for (const words of new Set(edges(page).map((index) => wordsOf(page[index] ?? '')))) {
      seen.set(words, (seen.get(words) ?? 0) + 1);
    }
  }
  const isRunning = (line: string) => {
    const count = seen.get(wordsOf(line)) ?? 0;
    return (count >= 3 || (pages.length === 2 && count === 2)) && count > pages.length / 2;
  };

  const taken: { text: string; what: 'running line' | 'page number' }[] = [];
  const kept = pages.map((page) => {
    const edge = new Set(edges(page));
    return page.map((line, index) => {
      const text = line.trim();
      // A bare number in the middle of a text without pages is furniture too: scanners drop the form feeds.
      const isLoneNumber = pageNumber.test(text) && isApart(page, index);
      if (text !== '' && (isLoneNumber || (edge.has(index) && pageNumber.test(text)))) {
        taken.push({ text, what: 'page number' });
        return '';
      }
      if (text !== '' && edge.has(index) && isRunning(line)) {
        taken.push({ text, what: 'running line' });
        return '';
      }
      return line;
    });
  });
  return { pages: kept, taken };
}

function edges(page: readonly string[]): number[] {
  const filled = page.flatMap((line, index) => (line.trim() === '' ? [] : [index]));
  return [...new Set([...filled.slice(0, edgeLines), ...filled.slice(-edgeLines)])];
}

function wordsOf(line: string): string {
  return line
    .toLowerCase()
    .replaceAll(/[\d\s]+/gu, ' ')
    .trim();
}

function isApart(page: readonly string[], index: number): boolean {
  const isBlank = (line: string | undefined) => line === undefined || line.trim() === '';
  return isBlank(page[index - 1]) && isBlank(page[index + 1]);
}
