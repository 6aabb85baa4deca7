/** Works out from facts alone which policies must be put before this person now. */

import { compareVersions } from '../../../shared/policy/compare-versions.ts';
import type { PolicyPack } from '../../../shared/policy/pack.ts';
import type { GateOpening } from '../../../shared/wire/events.ts';
import { type AcceptanceRecord, type DueReason, isDue } from '../renewal/is-due.ts';

/** An acceptance as a receipt on this PC or the collector tells it. */
export type PolicyRecord = AcceptanceRecord & { readonly policyId: string };

export interface GateFacts {
  readonly gateEnabled: boolean;
  /** An account that the school never gates. */
  readonly excluded: boolean;
  /** Current packs for this person's audience, in the order in which they are asked. */
  readonly packs: readonly PolicyPack[];
  /** Receipts of this person on this PC's disk. */
  readonly receipts: readonly PolicyRecord[];
  /** What the collector answered; empty when it did not. */
  readonly known: readonly PolicyRecord[];
  readonly loginId: string;
  readonly now: Date;
  /** IANA name of the school's time zone. */
  readonly timeZone: string;
}

export interface DuePolicy {
  readonly pack: PolicyPack;
  /** Why it is asked, for the sentence above its text. */
  readonly reason: DueReason;
}

export type Evaluation =
  | { readonly kind: 'due'; readonly due: readonly [DuePolicy, ...DuePolicy[]] }
  | { readonly kind: 'nothing-due'; readonly how: GateOpening };

/** Receipts are looked at before the collector's word, so that the report says by what the gate opened. */
export function evaluate(facts: GateFacts): Evaluation {
  if (!facts.gateEnabled) return { kind: 'nothing-due', how: 'gate-disabled' };
  if (facts.excluded) return { kind: 'nothing-due', how: 'excluded' };
  if (facts.packs.length === 0) return { kind: 'nothing-due', how: 'no-policy' };
  if (policiesDue(facts, facts.receipts).length === 0) return { kind: 'nothing-due', how: 'receipt' };

  const [first, ...others] = policiesDue(facts, [...facts.receipts, ...facts.known]);
  return first === undefined
    ? { kind: 'nothing-due', how: 'known-to-collector' }
    : { kind: 'due', due: [first, ...others] };
}

/**
 * One record that holds is enough, so to learn of another never makes a policy due. That is safer than choosing "the
 * latest", which a wrong clock can decide. The newest only names the reason.
 */
function policiesDue(facts: GateFacts, records: readonly PolicyRecord[]): readonly DuePolicy[] {
  const { loginId, now, timeZone } = facts;
  return facts.packs.flatMap((pack) => {
    const ofPolicy = records.filter(({ policyId }) => policyId === pack.manifest.id).sort(newestFirst);
    const answers = (ofPolicy.length > 0 ? ofPolicy : [undefined]).map((record) =>
      isDue({ pack, record, loginId, now, timeZone }),
    );
    const [newest] = answers;
    return newest?.due === true && answers.every(({ due }) => due) ? [{ pack, reason: newest.reason }] : [];
  });
}

function newestFirst(left: PolicyRecord, right: PolicyRecord): number {
  return (
    compareVersions(right.policyVersion, left.policyVersion) ||
    Date.parse(right.decidedAt) - Date.parse(left.decidedAt)
  );
}
