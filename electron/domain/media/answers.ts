/** Which answer of the school is about what is plugged in now. */

import type { Device } from '../../../shared/device/device.ts';
import type { SerialQuality } from '../../../shared/device/serial-number.ts';
import type { MediaAnswer } from '../../../shared/wire/media.ts';
import { isSameThing } from './approval.ts';

/**
 * The newest answer that is certainly about this thing: its number singles it out, or it was asked for in this very
 * insertion. While a request of this insertion waits, an older answer is none to it.
 *
 * @param newestFirst as the school gives them.
 * @param asked the insertion, and when approval was last asked for in it (ISO UTC).
 */
export function findAnswer(
  newestFirst: readonly MediaAnswer[],
  medium: Device,
  quality: SerialQuality,
  asked: { readonly insertionId: string; readonly askedAt: string | undefined },
): MediaAnswer | undefined {
  const { insertionId, askedAt } = asked;
  return newestFirst.find((answer) =>
    answer.insertionId === insertionId
      ? askedAt === undefined || Date.parse(answer.requestedAt) >= Date.parse(askedAt)
      : askedAt === undefined && quality === 'good' && isSameThing(answer.device, medium),
  );
}
