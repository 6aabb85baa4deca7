/** Cuts the text of a JSON array into the texts of its elements, so that each can be stored as it was written. */

export interface RawElement {
  /** The element exactly as it was in the batch, without the white space around it. */
  readonly raw: string;
  /** How deeply arrays and objects nest in it: 0 for a plain value. */
  readonly depth: number;
  /** Number of object members in it, at every depth, as they are written. */
  readonly members: number;
}

const quote = '"'.charCodeAt(0);
const backslash = '\\'.charCodeAt(0);
const openBrace = '{'.charCodeAt(0);
const closeBrace = '}'.charCodeAt(0);
const openBracket = '['.charCodeAt(0);
const closeBracket = ']'.charCodeAt(0);
const comma = ','.charCodeAt(0);
const colon = ':'.charCodeAt(0);

/** `start` is the index after the opening quote. Returns the index of the closing quote. */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start); end >= 0; end = text.indexOf('"', end + 1)) {
    let escapes = 0;
    while (text.charCodeAt(end - 1 - escapes) === backslash) escapes += 1;
    if (escapes % 2 === 0) return end;
  }
  return text.length;
}

/** `batch` must be valid JSON and an array; the caller has parsed it already. */
export function splitBatch(batch: string): readonly RawElement[] {
  const elements: RawElement[] = [];
  let start = batch.indexOf('[') + 1;
  let depth = 0;
  let deepest = 0;
  let members = 0;
  const finishAt = (end: number): void => {
    const raw = batch.slice(start, end).trim();
    if (raw !== '') elements.push({ raw, depth: deepest, members });
    start = end + 1;
    deepest = 0;
    members = 0;
  };
  for (let index = start; index < batch.length; index += 1) {
    const code = batch.charCodeAt(index);
    if (code === quote) {
      index = endOfString(batch, index + 1);
    } else if (code === colon) {
      members += 1;
    } else if (code === openBrace || code === openBracket) {
      depth += 1;
      deepest = Math.max(deepest, depth);
    } else if (code === closeBrace || code === closeBracket) {
      if (depth === 0) {
        finishAt(index);
        break;
      }
      depth -= 1;
    } else if (code === comma && depth === 0) {
      finishAt(index);
    }
  }
  return elements;
}
