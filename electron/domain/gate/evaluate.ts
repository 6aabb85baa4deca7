/** Works out from facts alone which policies must be put before this person now. */

import type { DueReason } from '../../../shared/policy/asking.ts';
import type { PolicyPack } from '../../../shared/policy/pack.ts';
import type { GateOpening } from '../../../shared/wire/events.ts';
import { changesSince, type VersionChanges } from '../policies/changes-since.ts';
import { duePolicies, type PolicyAcceptance } from '../policies/due-policies.ts';

/** An acceptance as a receipt on this PC or the collector tells it. */
export type PolicyRecord = PolicyAcceptance;

export interface GateFacts {
  readonly gateEnabled: boolean;
  /** An account that the school never gates. */
  readonly excluded: boolean;
  /** Current packs for this person's audience, in the order in which they are asked. */
  readonly packs: readonly PolicyPack[];
  /** Every pack at hand, older versions among them: they say what has changed on the way to the current one. */
  readonly allPacks?: readonly PolicyPack[];
  /** Receipts of this person on this PC's disk. */
  readonly receipts: readonly PolicyRecord[];
  /** What the collector answered; empty when it did not. */
  readonly known: readonly PolicyRecord[];
  readonly loginId: string;
  /** By which acceptance the gate stood open in this login when the agent ended; absent where it did not. */
  readonly openedBefore?: 'receipt' | 'known-to-collector';
  readonly now: Date;
  /** IANA name of the school's time zone. */
  readonly timeZone: string;
}

export interface DuePolicy {
  readonly pack: PolicyPack;
  /** Why it is asked, for the sentence above its text. */
  readonly reason: DueReason;
  /** What has changed since the person last accepted it, newest first. */
  readonly changes?: readonly VersionChanges[];
}

export type Evaluation =
  | { readonly kind: 'due'; readonly due: readonly [DuePolicy, ...DuePolicy[]] }
  | { readonly kind: 'nothing-due'; readonly how: GateOpening };

/** Receipts are looked at before the collector's word, so that the report says by what the gate opened. */
export function evaluate(facts: GateFacts): Evaluation {
  if (!facts.gateEnabled) return { kind: 'nothing-due', how: 'gate-disabled' };
  if (facts.excluded) return { kind: 'nothing-due', how: 'excluded' };
  if (facts.packs.length === 0) return { kind: 'nothing-due', how: 'no-policy' };
  if (duePolicies(facts.packs, facts.receipts, facts).length === 0)
    return { kind: 'nothing-due', how: 'receipt' };

  const due = duePolicies(facts.packs, [...facts.receipts, ...facts.known], facts);
  const [first, ...others] = due.map(({ pack, due: { reason, previousVersion } }) => ({
    pack,
    reason,
    changes: changesSince(pack, facts.allPacks ?? [], previousVersion),
  }));
  return first === undefined
    ? { kind: 'nothing-due', how: 'known-to-collector' }
    : { kind: 'due', due: [first, ...others] };
}

/**
 * The same for an agent that has just started. What was published in mid-lesson waits for the next login, also when an
 * upgrade or a crash starts the agent anew before that. That the gate stood open is written where anybody may write it,
 * so it counts only with a receipt on this PC for some version of every policy.
 */
export function evaluateAtStart(facts: GateFacts): Evaluation {
  const answer = evaluate(facts);
  if (answer.kind === 'nothing-due' || facts.openedBefore === undefined) return answer;
  const hasAccepted = ({ manifest }: PolicyPack) =>
    facts.receipts.some(({ policyId }) => policyId === manifest.id);
  return facts.packs.every(hasAccepted) ? { kind: 'nothing-due', how: facts.openedBefore } : answer;
}
