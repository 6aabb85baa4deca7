/** Decides from facts alone which policies this person must answer now. */

import type { DueReason } from '../../../shared/policy/asking.ts';
import type { PolicyPack } from '../../../shared/policy/pack.ts';
import type { GateOpening } from '../../../shared/wire/events.ts';
import { acceptedTodayAt } from '../policies/accepted-today.ts';
import { changesSince, type VersionChanges } from '../policies/changes-since.ts';
import { duePolicies, type PolicyAcceptance } from '../policies/due-policies.ts';

/** An acceptance, from a receipt on this PC or from the collector. */
export type PolicyRecord = PolicyAcceptance;

export interface GateFacts {
  readonly gateEnabled: boolean;
  /** An account that the school never gates. */
  readonly excluded: boolean;
  /** Current packs for this person's audience, in the order in which they are asked. */
  readonly packs: readonly PolicyPack[];
  /** Every pack on this PC, also older versions: they say what changed up to the current one. */
  readonly allPacks?: readonly PolicyPack[];
  /** Receipts of this person on this PC's disk. */
  readonly receipts: readonly PolicyRecord[];
  /** What the collector answered; empty when it did not. */
  readonly known: readonly PolicyRecord[];
  readonly loginId: string;
  /** The acceptance by which the gate was open in this login when the agent ended; absent where it was shut. */
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
  /** Only with `every-login`: this account accepted exactly this text earlier today, ISO UTC. */
  readonly acceptedTodayAt?: string;
}

export type Evaluation =
  | { readonly kind: 'due'; readonly due: readonly [DuePolicy, ...DuePolicy[]] }
  | { readonly kind: 'nothing-due'; readonly how: GateOpening };

/** Evaluates receipts before the collector's answer, so that the report names what opened the gate. */
export function evaluate(facts: GateFacts): Evaluation {
  if (!facts.gateEnabled) return { kind: 'nothing-due', how: 'gate-disabled' };
  if (facts.excluded) return { kind: 'nothing-due', how: 'excluded' };
  if (facts.packs.length === 0) return { kind: 'nothing-due', how: 'no-policy' };
  if (duePolicies(facts.packs, facts.receipts, facts).length === 0)
    return { kind: 'nothing-due', how: 'receipt' };

  const records = [...facts.receipts, ...facts.known];
  const due = duePolicies(facts.packs, records, facts);
  const [first, ...others] = due.map(({ pack, due: { reason, previousVersion } }): DuePolicy => {
    const today = reason === 'every-login' ? acceptedTodayAt(pack, records, facts) : undefined;
    return {
      pack,
      reason,
      changes: changesSince(pack, facts.allPacks ?? [], previousVersion),
      ...(today === undefined ? {} : { acceptedTodayAt: today }),
    };
  });
  return first === undefined
    ? { kind: 'nothing-due', how: 'known-to-collector' }
    : { kind: 'due', due: [first, ...others] };
}

/**
 * The same for an agent that has just started. A policy that was published in mid-lesson waits for the next login, even if
 * an upgrade or a crash restarts the agent before that. Any user can write the note that the gate was open, so it counts
 * only with a receipt on this PC for some version of every policy.
 */
export function evaluateAtStart(facts: GateFacts): Evaluation {
  const answer = evaluate(facts);
  if (answer.kind === 'nothing-due' || facts.openedBefore === undefined) return answer;
  const hasAccepted = ({ manifest }: PolicyPack) =>
    facts.receipts.some(({ policyId }) => policyId === manifest.id);
  return facts.packs.every(hasAccepted) ? { kind: 'nothing-due', how: facts.openedBefore } : answer;
}
