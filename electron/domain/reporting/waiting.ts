/** How long the agent waits before its next try to reach the collector. */

const firstPauseMs = 2_000;
const longestPauseMs = 5 * 60_000;

/** Limit of `Retry-After`, so that a wrong header does not silence an agent for a whole term. */
export const longestRetryAfterMs = 24 * 60 * 60_000;

/**
 * Pause in milliseconds after `failures` (from 1) failed tries in a row. It doubles from 2 s up to 5 minutes, less a
 * random part of up to a half, so that the PCs of a school do not return at the same moment. `random` is in [0, 1).
 */
export function backOffMs(failures: number, random: number): number {
  const pause = Math.min(longestPauseMs, firstPauseMs * 2 ** Math.min(30, Math.max(0, failures - 1)));
  return Math.round(pause * (1 - random / 2));
}

const dayName = '(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)';
const longDayName = '(?:Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday)';
const month = '(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)';
const time = '\\d{2}:\\d{2}:\\d{2}';
/** The three date formats that a recipient must accept (RFC 9110, section 5.6.7). */
const httpDate = new RegExp(`^${dayName}, \\d{2} ${month} \\d{4} ${time} GMT$`, 'u');
const rfc850Date = new RegExp(`^${longDayName}, \\d{2}-${month}-\\d{2} ${time} GMT$`, 'u');
const asctimeDate = new RegExp(`^${dayName} ${month} [ \\d]\\d ${time} \\d{4}$`, 'u');

function parseHttpDate(text: string): number {
  if (httpDate.test(text) || rfc850Date.test(text)) return Date.parse(text);
  if (asctimeDate.test(text)) return Date.parse(`${text} GMT`);
  return Number.NaN;
}

/** Milliseconds that a `Retry-After` header asks to wait, at most 24 hours; undefined where it is invalid. */
export function parseRetryAfter(header: string | undefined, nowUtc: Date): number | undefined {
  const text = header?.trim() ?? '';
  const waitMs = /^\d{1,12}$/u.test(text) ? Number(text) * 1000 : parseHttpDate(text) - nowUtc.getTime();
  if (Number.isNaN(waitMs)) return undefined;
  return Math.min(longestRetryAfterMs, Math.max(0, waitMs));
}

/**
 * Milliseconds left of a wait whose end was saved as a UTC time. No wait is longer than the limit, so a time further
 * ahead was saved by a clock that has been set back since, and does not count.
 */
export function leftOfWaitMs(notBefore: string | undefined, nowUtc: Date): number {
  if (notBefore === undefined) return 0;
  const leftMs = Date.parse(notBefore) - nowUtc.getTime();
  return Number.isNaN(leftMs) || leftMs > longestRetryAfterMs ? 0 : Math.max(0, leftMs);
}
