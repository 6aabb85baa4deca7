/** The beginning of a text: enough to fill its window. */

/** The most characters in a line of the column, and the least height of a line, in CSS pixels. */
const lineCharacters = 80;
const lineHeightPx = 20;

/**
 * Cuts Markdown at the end of a paragraph, below the bottom of a window of this height. A long text takes as long to
 * lay out as the rest of the gate, and a waiting user can see only its beginning.
 */
export function firstScreenful(markdown: string, windowHeightPx: number): string {
  const characters = Math.ceil(windowHeightPx / lineHeightPx) * lineCharacters;
  const end = markdown.indexOf('\n\n', characters);
  return end === -1 ? markdown : markdown.slice(0, end);
}
