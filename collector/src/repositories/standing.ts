/** Decides whether an acknowledgement counts, so that its account is not asked again. */

/** Evidence that speaks against its event. A PC without a usable key reports without any. */
const refuting: ReadonlySet<string> = new Set([
  'malformed',
  'other-facts',
  'replayed',
  'unknown-key',
  'wrong-signature',
]);

export type Standing =
  | 'counts'
  | 'bad-evidence'
  | 'other-account'
  | 'forked'
  | 'other-history'
  | 'wrong-time'
  | 'not-published';

/** `counts`, or the first reason why the user is asked again. The collector keeps and lists it in either case. */
export function standingOf(facts: {
  readonly evidence: string;
  /** It answers for the account of the agent that sent it. */
  readonly isOwnAccount: boolean;
  /** Another event of this agent has its sequence number. */
  readonly isForked: boolean;
  /** The event before is not the one that this agent has signed. */
  readonly hasOtherHistory: boolean;
  /** It was decided at a time that cannot be true, so its renewal cannot be computed. */
  readonly hasWrongTime: boolean;
  /** The school has published the text that was on the screen. */
  readonly isPublished: boolean;
}): Standing {
  if (refuting.has(facts.evidence)) return 'bad-evidence';
  if (!facts.isOwnAccount) return 'other-account';
  if (facts.isForked) return 'forked';
  if (facts.hasOtherHistory) return 'other-history';
  if (facts.hasWrongTime) return 'wrong-time';
  return facts.isPublished ? 'counts' : 'not-published';
}
