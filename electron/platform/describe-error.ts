/** Turns whatever was thrown into a short plain reason. */

/**
 * The system's code (`ENOENT`) and the message, at most 300 characters; of a message that names a file the code alone,
 * because files and folders name people.
 */
export function describeError(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown).slice(0, 300);
  const code = 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : '';
  if (code !== '' && 'path' in thrown) return code;
  const text = code === '' || thrown.message.startsWith(code) ? thrown.message : `${code}: ${thrown.message}`;
  return text.slice(0, 300);
}
