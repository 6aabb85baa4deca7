/** Makes text that a device sent fit for a screen and a report. */

/** The longest that a USB string descriptor can be: 253 bytes of UTF-16 after its header (USB 2.0, 9.6.7). */
const maximumCharacters = 126;

/** Without control, formatting and unpaired characters, white space gathered, trimmed, at most 126 characters. */
export function cleanDeviceText(text: string | null | undefined): string {
  if (text === null || text === undefined) return '';
  return [
    ...text
      .slice(0, 4 * maximumCharacters)
      .replaceAll(/\s+/gu, ' ')
      .replaceAll(/\p{C}/gu, '')
      .trim(),
  ]
    .slice(0, maximumCharacters)
    .join('')
    .trim();
}
