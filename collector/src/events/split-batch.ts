/** Cuts the text of a JSON array into the texts of its elements, so that each can be kept as it was written. */

export interface RawElement {
  /** The element exactly as it stood in the batch, without the white space around it. */
  readonly raw: string;
  /** How deeply arrays and objects nest in it: 0 for a plain value. */
  readonly depth: number;
}

/** `batch` must be valid JSON and an array; the caller has parsed it already. */
export function splitBatch(batch: string): readonly RawElement[] {
  const elements: RawElement[] = [];
  let start = batch.indexOf('[') + 1;
  let depth = 0;
  let deepest = 0;
  let inString = false;
  const finishAt = (end: number): void => {
    const raw = batch.slice(start, end).trim();
    if (raw !== '') elements.push({ raw, depth: deepest });
    start = end + 1;
    deepest = 0;
  };
  for (let index = start; index < batch.length; index += 1) {
    const character = batch[index];
    if (inString) {
      if (character === '\\') index += 1;
      else if (character === '"') inString = false;
    } else if (character === '"') {
      inString = true;
    } else if (character === '{' || character === '[') {
      depth += 1;
      deepest = Math.max(deepest, depth);
    } else if (character === '}' || character === ']') {
      if (depth === 0) {
        finishAt(index);
        break;
      }
      depth -= 1;
    } else if (character === ',' && depth === 0) {
      finishAt(index);
    }
  }
  return elements;
}
