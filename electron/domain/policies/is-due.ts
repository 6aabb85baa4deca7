/** Whether a person must accept a policy now, given what is known of an earlier acceptance. */
import type { DueReason } from '../../../shared/policy/asking.ts';
import {
  addPeriod,
  compareDates,
  latestYearlyDate,
  parseCalendarDate,
} from '../../../shared/policy/calendar.ts';
import { compareVersions } from '../../../shared/policy/compare-versions.ts';
import { materialSince } from '../../../shared/policy/material-since.ts';
import type { PolicyPack, Renewal } from '../../../shared/policy/pack.ts';
import { type CalendarDate, calendarDateAt } from '../../../shared/policy/school-calendar.ts';

/** One acceptance of the policy, from a receipt on this PC or from the collector. */
export type AcceptanceRecord = {
  readonly policyVersion: string;
  readonly textSha256: string;
  /** ISO UTC. */
  readonly decidedAt: string;
  /** The login session in which it was accepted; the collector does not give one. */
  readonly loginId?: string;
};

export type Due =
  | { readonly due: false }
  | {
      readonly due: true;
      readonly reason: DueReason;
      /** The version that was accepted; absent with `first`. */
      readonly previousVersion?: string;
    };

export type DueQuestion = {
  readonly pack: PolicyPack;
  /** Absent when no acceptance of this policy is known. */
  readonly record: AcceptanceRecord | undefined;
  /** The current login session. */
  readonly loginId: string;
  readonly now: Date;
  /** IANA name of the school's time zone; Europe/London if absent. */
  readonly timeZone?: string;
  /** Every pack at hand, including older versions: a skipped version may have been material. */
  readonly allPacks?: readonly PolicyPack[];
};

const notDue: Due = { due: false };

/** Clocks of PCs differ by minutes, and by whole hours where one has the wrong time zone. */
const toleratedClockErrorMs = 24 * 60 * 60 * 1000;

/**
 * Decides by version first, then by the policy's renewal rule.
 *
 * - A record of this version counts only for one of this pack's texts: a receipt is for the exact text.
 * - A record of an older version counts unless something material has changed since.
 * - A record of a newer version counts: the agent does not ask for a text that the person has seen replaced.
 */
export function isDue({ pack, record, loginId, now, timeZone, allPacks = [] }: DueQuestion): Due {
  if (record === undefined) return { due: true, reason: 'first' };
  const previousVersion = record.policyVersion;
  if (isSuperseded(pack, record, allPacks)) return { due: true, reason: 'material', previousVersion };

  const { renewal } = pack.manifest;
  switch (renewal.rule) {
    case 'once':
      return notDue;
    case 'every-login':
      // A record without a session comes from the collector, so it belongs to another login.
      return record.loginId === loginId ? notDue : { due: true, reason: 'every-login', previousVersion };
    case 'rolling':
    case 'fixed-date': {
      const accepted = acceptedOn(pack, record, now, timeZone);
      return isPast(renewal, accepted, calendarDateAt(now, timeZone))
        ? { due: true, reason: 'renewal', previousVersion }
        : notDue;
    }
  }
}

function isSuperseded(pack: PolicyPack, record: AcceptanceRecord, allPacks: readonly PolicyPack[]): boolean {
  const { manifest, textSha256 } = pack;
  const order = compareVersions(record.policyVersion, manifest.version);
  if (order > 0) return false;
  if (order === 0) {
    return record.textSha256 !== textSha256['en-GB'] && record.textSha256 !== textSha256['cy-GB'];
  }
  // The author's word decides, not the hash: statements and fields can change in substance under the same text.
  const since = materialSince(pack, allPacks);
  return since !== undefined && compareVersions(since, record.policyVersion) > 0;
}

/**
 * The date from which a renewal is counted.
 *
 * A time more than a day ahead of now means that a clock was wrong: either the one that wrote the record, or this PC's.
 * The agent cannot know which. So it counts from the day on which this version came into effect, the earliest possible
 * day of the acceptance.
 *
 * If the record's clock ran ahead, the renewal still comes, at most one period early, and the new answer carries a true
 * time. If this PC's clock is behind, that day is in its future too, and the agent does not ask again. An unreadable
 * time is treated in the same way.
 */
function acceptedOn(
  pack: PolicyPack,
  record: AcceptanceRecord,
  now: Date,
  timeZone: string | undefined,
): CalendarDate {
  const decided = new Date(record.decidedAt);
  const isPlausible = decided.getTime() <= now.getTime() + toleratedClockErrorMs;
  return isPlausible ? calendarDateAt(decided, timeZone) : parseCalendarDate(pack.manifest.effectiveFrom);
}

/** Counts whole calendar days, so that neither the time of day nor a clock change moves the date. */
function isPast(
  renewal: Extract<Renewal, { rule: 'rolling' | 'fixed-date' }>,
  accepted: CalendarDate,
  today: CalendarDate,
): boolean {
  return renewal.rule === 'rolling'
    ? compareDates(addPeriod(accepted, renewal.period), today) <= 0
    : compareDates(accepted, latestYearlyDate(renewal.date, today)) < 0;
}
