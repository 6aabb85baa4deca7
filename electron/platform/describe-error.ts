/** Turns whatever was thrown into a short plain reason. */

/** The system's code where there is one (`ENOENT`), else the message, at most 300 characters. */
export function describeError(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown).slice(0, 300);
  const code = 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : '';
  const text = code === '' || thrown.message.startsWith(code) ? thrown.message : `${code}: ${thrown.message}`;
  return text.slice(0, 300);
}
