/** Writes CSV (RFC 4180) that a spreadsheet shows as text. */

/**
 * A spreadsheet would run a cell that starts so as a formula; the apostrophe makes it text. See OWASP, *CSV Injection*.
 */
const formulaStart = /^[=+\-@\t\r]/u;

function writeCell(text: string): string {
  const harmless = formulaStart.test(text) ? `'${text}` : text;
  return /[",\r\n]/u.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}

export function writeCsvLine(cells: readonly string[]): string {
  return `${cells.map(writeCell).join(',')}\r\n`;
}

/** Without it Excel reads UTF-8 as the PC's own code page, and Welsh letters break. */
export const byteOrderMark = '\ufeff';
