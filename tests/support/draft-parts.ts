/** Splits the Markdown of a draft into parts, to compare them with the parts of the document. */

/** Headings without their marks, items with their labels, cells row by row, and paragraphs. */
export function partsOf(markdown: string) {
  const headings: string[] = [];
  const items: string[] = [];
  const cells: string[] = [];
  const paragraphs: string[] = [];
  for (const line of markdown.split('\n')) {
    const text = line
      .trim()
      .replaceAll(/\\([!-/:-@[-`{-~])/gu, '$1')
      .replaceAll('**', '');
    if (text === '' || /^\|(?: --- \|)+$/u.test(text)) continue;
    const item = /^(-|\d+[.)]|\([a-z]+\)|[a-z]+[.)]) (.*)$/u.exec(text);
    if (/^#+ /u.test(text)) headings.push(text.replace(/^#+ /u, ''));
    else if (text.startsWith('|'))
      cells.push(
        ...text
          .slice(1, -1)
          .split('|')
          .map((cell) => cell.trim()),
      );
    else if (item !== null) items.push(`${item[1] === '-' ? '•' : item[1]} ${item[2]}`);
    else paragraphs.push(text);
  }
  return { headings, items, cells, paragraphs };
}
