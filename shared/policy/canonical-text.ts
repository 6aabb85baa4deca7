/** The one form of a policy text that is hashed, shown and kept. */

/**
 * Unicode NFC, line ends as LF, no byte-order mark. `textSha256` is the SHA-256 of the UTF-8 bytes of this form,
 * so that a text saved by another editor is still the same text. Applied twice it changes nothing more.
 */
export function canonicalText(markdown: string): string {
  return markdown
    .replace(/^\uFEFF+/u, '')
    .replace(/\r\n?/gu, '\n')
    .normalize('NFC');
}
