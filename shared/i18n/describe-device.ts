/** Names removable devices as people do: `SanDisk Cruzer Blade, 16 GB, drive E:`. */

import type { DeviceKind } from '../device/device.ts';
import type { DeviceProblem, Verdict } from '../device/verdict.ts';
import type { PlainKey } from './strings.ts';
import type { Translator } from './translator.ts';

interface Named {
  readonly kind: DeviceKind;
  readonly name: string;
  /** 0 if the size is unknown. */
  readonly sizeBytes: number;
  /** Drive letters, or the labels that their owner gave. */
  readonly places: readonly string[];
}

const kinds: Readonly<Record<DeviceKind, PlainKey>> = {
  stick: 'media-warning.kind.stick',
  card: 'media-warning.kind.card',
  disc: 'media-warning.kind.disc',
  'portable-device': 'media-warning.kind.portable',
};

const units = [
  ['TB', 1e12],
  ['GB', 1e9],
  ['MB', 1e6],
] as const;

/** In the units that are printed on sticks; both languages write them alike. Empty for 0. */
function describeSize(sizeBytes: number): string {
  for (const [unit, bytes] of units) {
    const value = sizeBytes / bytes;
    // A stick sold as 1 TB holds a little less.
    if (value >= 0.95) return `${value < 9.5 ? Number(value.toFixed(1)) : Math.round(value)} ${unit}`;
  }
  return '';
}

/** A disc is called a disc: its drive's own name does not show which disc is meant. */
export function describeDevice({ text }: Translator, { kind, name, sizeBytes, places }: Named): string {
  const isNamed = name !== '' && kind !== 'disc';
  const parts = [
    isNamed ? name : text(kinds[kind]),
    describeSize(sizeBytes),
    ...places.map((place) =>
      /^[A-Z]:$/u.test(place)
        ? text('media-warning.drive', { drive: place })
        : text('media-warning.label', { label: place }),
    ),
  ];
  return parts.filter((part) => part !== '').join(', ');
}

/** The verdict in a few words. A phone cannot be examined from outside, so only a problem is shown. */
export function describeVerdict(
  { text }: Translator,
  device: {
    readonly kind: DeviceKind;
    readonly encryption: Verdict;
    readonly problems: readonly DeviceProblem[];
  },
): string {
  const isTold = device.kind !== 'portable-device' || device.problems.includes('cannot-tell');
  const parts = [
    ...(isTold ? [text(`media-warning.short.${device.encryption}`)] : []),
    ...(device.problems.includes('not-approved') ? [text('media-warning.short.not-approved')] : []),
  ];
  return parts.length === 0 ? text('media-warning.short.approved') : parts.join(', ');
}
