/** Says how far the single measurements lie apart, so that a figure can be believed or not. */
import { median } from './figure.ts';

function range(values: readonly number[], digits: number): string {
  const sorted = [...values].sort((left, right) => left - right);
  const [least, most] = [sorted[0] ?? Number.NaN, sorted.at(-1) ?? Number.NaN];
  return `${median(values).toFixed(digits)} (${least.toFixed(digits)} to ${most.toFixed(digits)})`;
}

/** How much the middle half of the measurements differs, as a part of the median. */
export function relativeSpread(values: readonly number[]): number {
  const sorted = [...values].sort((left, right) => left - right);
  const at = (part: number) => sorted[Math.round(part * (sorted.length - 1))] ?? Number.NaN;
  return (at(0.75) - at(0.25)) / median(values);
}

const unstableFrom = 0.2;

/** One line for a person; ours and the floor are paired by the round they were measured in. */
export function describeSpread(
  bench: string,
  ours: readonly number[],
  floor: readonly number[],
  unit: string,
): string {
  const ratios = ours.map((value, round) => value / (floor[round] ?? Number.NaN));
  const spread = relativeSpread(floor);
  const caution =
    spread > unstableFrom
      ? `; the floor itself is unstable: its middle half spreads by ${Math.round(100 * spread)} %`
      : '';
  return `${bench}: ours ${range(ours, 1)}, floor ${range(floor, 1)} ${unit}, round by round ${range(ratios, 2)}${caution}`;
}
