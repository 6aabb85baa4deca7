/** Whether the times in an event can be true, compared with its arrival. */

const dayMs = 24 * 60 * 60 * 1000;
/** An agent may have been offline for this long. */
const earliestMs = -400 * dayMs;
/** Clocks and time zones that are set wrong. */
const latestMs = dayMs;

/** Among the marks of an event. */
export const wrongTimeMark = 'wrong-time';

/** All ISO UTC; an empty time is left out. */
export function hasWrongTime(times: readonly string[], receivedAt: string): boolean {
  const receivedMs = Date.parse(receivedAt);
  return times.some((time) => {
    if (time === '') return false;
    const differenceMs = Date.parse(time) - receivedMs;
    return !(differenceMs >= earliestMs && differenceMs <= latestMs);
  });
}
