/** Event numbers: which comes next after a loss, and how a fault event lists a set of them. */

/** Largest number that the wire allows. */
export const lastSequence = 2_147_483_647;

const lossEpochMs = Date.UTC(2025, 0, 1);
const safetyMargin = 1_000_000;

/**
 * First number that is certainly unused after the log lost track of its numbers. An agent writes far less than one event
 * per second over its life, so the number of seconds since 2025 is beyond any number it used. The margin covers a clock
 * that is wrong. The gap is deliberate: it proves to the collector that something was lost.
 */
export function sequenceAfterLoss(highestSeen: number, nowUtc: Date): number {
  const seconds = Math.floor((nowUtc.getTime() - lossEpochMs) / 1000);
  return Math.min(lastSequence, Math.max(highestSeen + safetyMargin, seconds, 1));
}

/** `3-5, 9` for 3, 4, 5, 9, split into texts of at most `maxLength` characters. */
export function describeSequences(sequences: readonly number[], maxLength: number): string[] {
  const ranges: { first: number; last: number }[] = [];
  for (const sequence of [...sequences].sort((left, right) => left - right)) {
    const range = ranges.at(-1);
    if (range !== undefined && sequence <= range.last + 1) range.last = Math.max(range.last, sequence);
    else ranges.push({ first: sequence, last: sequence });
  }
  const texts: string[] = [];
  for (const { first, last } of ranges) {
    const text = first === last ? String(first) : `${first}-${last}`;
    const current = texts.at(-1);
    if (current !== undefined && current.length + 2 + text.length <= maxLength) {
      texts[texts.length - 1] = `${current}, ${text}`;
    } else {
      texts.push(text);
    }
  }
  return texts;
}
