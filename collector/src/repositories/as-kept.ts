/** The form in which both databases keep a text from outside. */

/**
 * PostgreSQL cannot store NUL, and neither database can store half a surrogate pair; both become U+FFFD. The stored
 * event keeps what the agent wrote.
 */
export function asKept(text: string): string {
  return Buffer.from(text, 'utf8').toString('utf8').replaceAll('\0', '\ufffd');
}
