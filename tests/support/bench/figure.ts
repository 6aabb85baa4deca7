/** What a benchmark finds: ours beside the least that the same machine can do, measured in turn in the same run. */

export type Figure = {
  readonly bench: string;
  readonly ours: number;
  readonly floor: number;
  readonly unit: string;
  /** Ours over the floor. */
  readonly ratio: number;
  readonly target: number;
  /** Which side of the target is good. */
  readonly good: 'at-least-target' | 'at-most-target';
  /** How often each of the two was measured. */
  readonly runs: number;
};

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((left, right) => left - right);
  const middle = sorted.length / 2;
  const upper = sorted[Math.floor(middle)];
  const lower = sorted[Math.ceil(middle) - 1];
  if (upper === undefined || lower === undefined) throw new RangeError('there is no median of nothing');
  return (lower + upper) / 2;
}

/** Rounds for reading; the ratio is that of the unrounded numbers. */
export function figure(parts: Omit<Figure, 'ratio'>): Figure {
  const round = (value: number, digits: number): number => Number(value.toFixed(digits));
  return {
    ...parts,
    ours: round(parts.ours, 1),
    floor: round(parts.floor, 1),
    ratio: round(parts.ours / parts.floor, 3),
  };
}
