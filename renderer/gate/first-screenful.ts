/** The beginning of a text: enough to fill the window that it is shown in. */

/** The most characters that a line of the column holds, and the least that it is high, in CSS pixels. */
const lineCharacters = 80;
const lineHeightPx = 20;

/**
 * Cuts Markdown at the end of a paragraph, below the bottom of a window of this height: a long text takes as long to
 * lay out as all the rest of the gate, and a person who waits for it can see its beginning only.
 */
export function firstScreenful(markdown: string, windowHeightPx: number): string {
  const characters = Math.ceil(windowHeightPx / lineHeightPx) * lineCharacters;
  const end = markdown.indexOf('\n\n', characters);
  return end === -1 ? markdown : markdown.slice(0, end);
}
