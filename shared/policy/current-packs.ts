/** Which of the packs at hand apply to an audience on a day. */
import { compareVersions } from './compare-versions.ts';
import type { PolicyPack } from './pack.ts';
import { type CalendarDate, formatCalendarDate } from './school-calendar.ts';

/**
 * Per policy the newest version that is in effect, in the order in which they are asked, for one audience.
 * The newest is chosen before the audience is looked at: a version that no longer names an audience has withdrawn
 * the policy from it, and does not bring an older text back.
 *
 * @param today undefined where somebody with a better clock has left out already what is not in effect yet.
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

/** The order in which several policies are asked. */
export function byOrder(left: PolicyPack, right: PolicyPack): number {
  const difference = left.manifest.order - right.manifest.order;
  return difference !== 0 ? difference : left.manifest.id < right.manifest.id ? -1 : 1;
}

/** Two packs that claim one version are told apart by their hash, so that every PC chooses the same one. */
function isNewer(candidate: PolicyPack, known: PolicyPack): boolean {
  const order = compareVersions(candidate.manifest.version, known.manifest.version);
  return order !== 0 ? order > 0 : candidate.textSha256['en-GB'] > known.textSha256['en-GB'];
}
