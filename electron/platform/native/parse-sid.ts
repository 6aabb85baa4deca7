/** Writes a Windows security identifier the way people read it. */

/**
 * The `S-1-…` form of the SID that begins at `offset` (winnt.h: revision, count, 6 bytes of authority, then 32-bit
 * parts), with its length in bytes. Undefined where the bytes hold none.
 */
export function parseSid(
  bytes: Buffer,
  offset = 0,
): { readonly text: string; readonly length: number } | undefined {
  if (offset < 0 || offset + 8 > bytes.length) return undefined;
  const revision = bytes.readUInt8(offset);
  const count = bytes.readUInt8(offset + 1);
  const length = 8 + count * 4;
  if (revision !== 1 || count > 15 || offset + length > bytes.length) return undefined;
  const authority = bytes.readUIntBE(offset + 2, 6);
  let text = `S-1-${authority >= 2 ** 32 ? `0x${authority.toString(16).padStart(12, '0')}` : authority}`;
  for (let part = 0; part < count; part += 1) text += `-${bytes.readUInt32LE(offset + 8 + part * 4)}`;
  return { text, length };
}

/** Whether the text is the written form of a SID. */
export function isSid(text: string): boolean {
  return /^S-1(?:-(?:0x[0-9a-f]{12}|\d+))+$/u.test(text);
}
