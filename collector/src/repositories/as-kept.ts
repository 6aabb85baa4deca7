/** The form in which both databases keep a text from outside. */

/**
 * PostgreSQL keeps no NUL and neither database half of a surrogate pair; both become U+FFFD. The stored event itself
 * keeps what the agent wrote.
 */
export function asKept(text: string): string {
  return Buffer.from(text, 'utf8').toString('utf8').replaceAll('\0', '\ufffd');
}
