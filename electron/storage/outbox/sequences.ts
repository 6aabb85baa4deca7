/** The numbers of events: which comes next after a loss, and how a set of them is told. */

/** Largest number that the wire takes. */
export const lastSequence = 2_147_483_647;

const lossEpochMs = Date.UTC(2025, 0, 1);
const safetyMargin = 1_000_000;

/**
 * First number that is certainly unused after the log has lost its memory of them. An agent writes far less than one
 * event a second over its life, so the seconds since 2025 are beyond anything it gave out, and so is a margin above the
 * highest number still seen. The gap this leaves is meant: it proves at the collector that something was lost.
 */
export function sequenceAfterLoss(highestSeen: number, nowUtc: Date): number {
  const seconds = Math.floor((nowUtc.getTime() - lossEpochMs) / 1000);
  return Math.min(lastSequence, Math.max(highestSeen + safetyMargin, seconds, 1));
}

/** `3-5, 9` for 3, 4, 5, 9, cut into texts of at most `maxLength` characters. */
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
