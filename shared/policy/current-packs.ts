/** Selects the packs that apply to an audience on a day. */
import { compareVersions } from './compare-versions.ts';
import type { PolicyPack } from './pack.ts';
import { type CalendarDate, formatCalendarDate } from './school-calendar.ts';

/**
 * The newest version of each policy that is in effect, for one audience, in the order in which the gate asks.
 * Chooses the newest version before it checks the audience: a version that no longer names an audience withdraws the
 * policy from it, and must not restore an older text.
 *
 * @param today undefined if the collector has already left out the versions that are not in effect yet.
 */
export function currentPacks(
  packs: readonly PolicyPack[],
  audience: string,
  today: CalendarDate | undefined,
): readonly PolicyPack[] {
  const todayText = today === undefined ? undefined : formatCalendarDate(today);
  const newest = new Map<string, PolicyPack>();
  for (const pack of packs) {
    if (todayText !== undefined && pack.manifest.effectiveFrom > todayText) continue;
    const known = newest.get(pack.manifest.id);
    if (known === undefined || isNewer(pack, known)) newest.set(pack.manifest.id, pack);
  }
  return [...newest.values()].filter(({ manifest }) => manifest.audiences.includes(audience)).sort(byOrder);
}

/** The order in which the gate asks for several policies. */
export function byOrder(left: PolicyPack, right: PolicyPack): number {
  const difference = left.manifest.order - right.manifest.order;
  return difference !== 0 ? difference : left.manifest.id < right.manifest.id ? -1 : 1;
}

/** Orders two packs of one version by their hash, so that every PC chooses the same one. */
function isNewer(candidate: PolicyPack, known: PolicyPack): boolean {
  const order = compareVersions(candidate.manifest.version, known.manifest.version);
  return order !== 0 ? order > 0 : candidate.textSha256['en-GB'] > known.textSha256['en-GB'];
}
