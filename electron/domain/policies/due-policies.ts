/** Which policies a person has to accept now, in the order in which they are asked. */
import { compareVersions } from '../../../shared/policy/compare-versions.ts';
import { byOrder } from '../../../shared/policy/current-packs.ts';
import type { PolicyPack } from '../../../shared/policy/pack.ts';
import { type AcceptanceRecord, type Due, type DueQuestion, isDue } from './is-due.ts';

export type PolicyAcceptance = AcceptanceRecord & { readonly policyId: string };

export type DuePolicy = { readonly pack: PolicyPack; readonly due: Extract<Due, { due: true }> };

/**
 * Takes the packs that apply (see `currentPacks`) and every known acceptance, from this PC and from the collector, in
 * any order. One valid acceptance is enough, so learning of another never makes a policy due. Choosing "the latest"
 * would be less safe, because a wrong clock can decide it.
 */
export function duePolicies(
  packs: readonly PolicyPack[],
  acceptances: readonly PolicyAcceptance[],
  { loginId, now, timeZone, allPacks }: Pick<DueQuestion, 'loginId' | 'now' | 'timeZone' | 'allPacks'>,
): readonly DuePolicy[] {
  const session = {
    loginId,
    now,
    ...(timeZone === undefined ? {} : { timeZone }),
    ...(allPacks === undefined ? {} : { allPacks }),
  };
  return packs.toSorted(byOrder).flatMap((pack) => {
    const records = acceptances.filter(({ policyId }) => policyId === pack.manifest.id).sort(newestLast);
    const answers = (records.length > 0 ? records : [undefined]).map((record) =>
      isDue({ pack, record, ...session }),
    );
    const last = answers.at(-1);
    return last?.due === true && answers.every(({ due }) => due) ? [{ pack, due: last }] : [];
  });
}

/** The last record decides: it gives the reason and the version that the person accepted before. */
function newestLast(left: AcceptanceRecord, right: AcceptanceRecord): number {
  return (
    compareVersions(left.policyVersion, right.policyVersion) ||
    Date.parse(left.decidedAt) - Date.parse(right.decidedAt)
  );
}
