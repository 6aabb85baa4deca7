/** How long the agent waits before it tries the collector again. */

const firstPauseMs = 2_000;
const longestPauseMs = 5 * 60_000;

/** No `Retry-After` silences an agent for longer, so that a slip in a header does not cost a term's reports. */
export const longestRetryAfterMs = 24 * 60 * 60_000;

/**
 * Pause after `failures` (from 1) failed tries in a row: it doubles from 2 s up to 5 minutes, and a random half of it is
 * taken off, so that the PCs of a school do not come back all at once. `random` is in [0, 1).
 */
export function backOffMs(failures: number, random: number): number {
  const pause = Math.min(longestPauseMs, firstPauseMs * 2 ** Math.min(30, Math.max(0, failures - 1)));
  return Math.round(pause * (1 - random / 2));
}

const dayName = '(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)';
const longDayName = '(?:Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday)';
const month = '(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)';
const time = '\\d{2}:\\d{2}:\\d{2}';
/** The three forms of a date that a recipient must take (RFC 9110, 5.6.7). */
const httpDate = new RegExp(`^${dayName}, \\d{2} ${month} \\d{4} ${time} GMT$`, 'u');
const rfc850Date = new RegExp(`^${longDayName}, \\d{2}-${month}-\\d{2} ${time} GMT$`, 'u');
const asctimeDate = new RegExp(`^${dayName} ${month} [ \\d]\\d ${time} \\d{4}$`, 'u');

function parseHttpDate(text: string): number {
  if (httpDate.test(text) || rfc850Date.test(text)) return Date.parse(text);
  if (asctimeDate.test(text)) return Date.parse(`${text} GMT`);
  return Number.NaN;
}

/** Milliseconds that a `Retry-After` header asks to wait, in 0 to 24 hours; undefined when it cannot be understood. */
export function parseRetryAfter(header: string | undefined, nowUtc: Date): number | undefined {
  const text = header?.trim() ?? '';
  const waitMs = /^\d{1,12}$/u.test(text) ? Number(text) * 1000 : parseHttpDate(text) - nowUtc.getTime();
  if (Number.isNaN(waitMs)) return undefined;
  return Math.min(longestRetryAfterMs, Math.max(0, waitMs));
}

/**
 * What is left of a wait that was written down as a time of day. No header asks for more than the longest wait, so what
 * lies further ahead was written by a clock that has been set back since, and is none.
 */
export function leftOfWaitMs(notBefore: string | undefined, nowUtc: Date): number {
  if (notBefore === undefined) return 0;
  const leftMs = Date.parse(notBefore) - nowUtc.getTime();
  return Number.isNaN(leftMs) || leftMs > longestRetryAfterMs ? 0 : Math.max(0, leftMs);
}
