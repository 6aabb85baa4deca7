/** Finds the school's answer about a device that is plugged in now. */

import type { Device } from '../../../shared/device/device.ts';
import type { SerialQuality } from '../../../shared/device/serial-number.ts';
import type { MediaAnswer } from '../../../shared/wire/media.ts';
import { isSameDevice } from './approval.ts';

/**
 * The newest answer that is certainly about this device: its serial number identifies it, or the user asked during this
 * insertion. While a request of this insertion waits for its answer, an older answer does not count.
 *
 * @param newestFirst in the collector's order.
 * @param asked the insertion, and when the user last asked for approval in it (ISO UTC).
 */
export function findAnswer(
  newestFirst: readonly MediaAnswer[],
  device: Device,
  quality: SerialQuality,
  asked: { readonly insertionId: string; readonly askedAt: string | undefined },
): MediaAnswer | undefined {
  const { insertionId, askedAt } = asked;
  return newestFirst.find((answer) =>
    answer.insertionId === insertionId
      ? askedAt === undefined || Date.parse(answer.requestedAt) >= Date.parse(askedAt)
      : askedAt === undefined && quality === 'good' && isSameDevice(answer.device, device),
  );
}
