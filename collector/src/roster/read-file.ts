/** Reads the school's file: its encoding, its separator, its lines. */
import { CsvError, parse } from 'csv-parse/sync';

export interface RosterTable {
  readonly encoding: 'UTF-8' | 'UTF-16' | 'Windows-1252';
  readonly headings: readonly string[];
  /** `line` is the last one of the row, from 1. */
  readonly rows: readonly { readonly line: number; readonly cells: readonly string[] }[];
  /** The line at which the rest of the file cannot be read. */
  readonly brokenAt: number | undefined;
}

/** What Windows-1252 has between 0x80 and 0x9f: some versions of Node decode these as control characters. */
const windowsLetters = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ';

function decode(bytes: Uint8Array): { readonly encoding: RosterTable['encoding']; readonly text: string } {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) {
    return { encoding: 'UTF-16', text: new TextDecoder('utf-16le').decode(bytes) };
  }
  try {
    return { encoding: 'UTF-8', text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch {
    const latin = Buffer.from(bytes).toString('latin1');
    const text = latin.replace(/[\u0080-\u009f]/gu, (one) => windowsLetters[one.charCodeAt(0) - 0x80] ?? one);
    return { encoding: 'Windows-1252', text };
  }
}

/** The separator that the headings use most, outside quotes. */
function findDelimiter(text: string): string {
  const headings = (text.split(/\r?\n/u, 1)[0] ?? '').replaceAll(/"[^"]*"/gu, '');
  const count = (delimiter: string): number => headings.split(delimiter).length;
  return [',', ';', '\t'].reduce((best, one) => (count(one) > count(best) ? one : best));
}

export function readRosterFile(bytes: Uint8Array): RosterTable {
  const { encoding, text } = decode(bytes);
  const rows: { line: number; cells: readonly string[] }[] = [];
  let brokenAt: number | undefined;
  try {
    parse(text, {
      delimiter: findDelimiter(text),
      relax_column_count: true,
      skip_empty_lines: true,
      trim: true,
      on_record: (record, { lines }) => {
        if (record.some((cell) => cell !== '')) rows.push({ line: lines, cells: record });
        return null;
      },
    });
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    brokenAt = (rows.at(-1)?.line ?? 0) + 1;
  }
  const [headings, ...rest] = rows;
  return { encoding, headings: headings?.cells ?? [], rows: rest, brokenAt };
}
