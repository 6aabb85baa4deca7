/**
 * The gate as a state machine: one state and one event give the next state and its effects.
 *
 * The promise (product rule 3): an acceptance opens the gate only by an `acceptance-recorded` event whose receipt is for
 * the exact text that is due. Such a gate stays open in that login, over a restart too. The callers of `open()` are the
 * other ways, and each is reported under its own name. Crashes, timeouts, unreadable data and unexpected events leave the
 * gate shut.
 */
import type { Language } from '../../../shared/lib/language.ts';
import type { Submission } from '../../../shared/policy/answers.ts';
import type { BlockedReason, DeclineAction } from '../../../shared/policy/asking.ts';
import type { GateOpening } from '../../../shared/wire/events.ts';
import type { SubmissionAnswer } from './check-submission.ts';
import { checkSubmission } from './check-submission.ts';
import type { DuePolicy, GateFacts, PolicyRecord } from './evaluate.ts';
import { evaluate, evaluateAtStart } from './evaluate.ts';

export interface GateSettings {
  readonly onDecline: DeclineAction;
  readonly declineCountdownSeconds: number;
}

/** How long a sign-out or lock may take before the gate reports to the person that it did not work. */
export const leaveDeadlineMs = 30_000;

export type GateNotice =
  | { readonly kind: 'none' }
  | { readonly kind: 'not-recorded'; readonly reason: string }
  | { readonly kind: 'sign-out-failed'; readonly reason: string }
  | { readonly kind: 'declined-stay' };

type Due = readonly [DuePolicy, ...DuePolicy[]];

/** What returns to the screen when a person cancels a decline, or a sign-out fails. */
type Returnable =
  | { readonly phase: 'asking'; readonly due: Due; readonly notice: GateNotice }
  | { readonly phase: 'blocked'; readonly reason: BlockedReason; readonly detail: string };

export type GateState =
  | { readonly phase: 'checking' }
  | Returnable
  | { readonly phase: 'recording'; readonly due: Due; readonly submission: Submission }
  | {
      readonly phase: 'confirmed';
      readonly receipt: PolicyRecord;
      readonly accepted: DuePolicy;
      readonly remaining: readonly DuePolicy[];
    }
  | {
      readonly phase: 'declining';
      readonly back: Returnable;
      readonly language: Language;
      readonly endsAtMs: number;
      readonly secondsLeft: number;
    }
  | { readonly phase: 'leaving'; readonly back: Returnable; readonly giveUpAtMs: number }
  | { readonly phase: 'open'; readonly how: GateOpening };

export type GateEvent =
  /** New facts. They change nothing about an open gate unless `mayShut` (a new version that applies at once). */
  | { readonly kind: 'facts-read'; readonly facts: GateFacts; readonly mayShut: boolean }
  | { readonly kind: 'facts-unreadable'; readonly reason: BlockedReason; readonly detail: string }
  | { readonly kind: 'accept-submitted'; readonly submission: Submission }
  | { readonly kind: 'acceptance-recorded'; readonly receipt: PolicyRecord }
  | { readonly kind: 'acceptance-not-recorded'; readonly reason: string }
  | { readonly kind: 'proceed' }
  | { readonly kind: 'decline-requested'; readonly language: Language; readonly nowMs: number }
  | { readonly kind: 'decline-cancelled' }
  | { readonly kind: 'leave-now'; readonly nowMs: number }
  | { readonly kind: 'tick'; readonly nowMs: number }
  | { readonly kind: 'leave-done' }
  | { readonly kind: 'leave-failed'; readonly reason: string }
  | { readonly kind: 'break-glass-code-matched' }
  | { readonly kind: 'crash-limit-reached' }
  | { readonly kind: 'demonstration-left' };

export type GateEffect =
  /** Must answer with `acceptance-recorded` only after the receipt is durably on disk. */
  | { readonly kind: 'record-acceptance'; readonly policy: DuePolicy; readonly submission: Submission }
  | { readonly kind: 'record-decline'; readonly policy: DuePolicy; readonly language: Language }
  | { readonly kind: 'leave'; readonly how: Exclude<DeclineAction, 'nothing'> }
  | { readonly kind: 'opened'; readonly how: GateOpening };

export interface GateStep {
  readonly state: GateState;
  readonly effects: readonly GateEffect[];
}

export const initialGateState: GateState = { phase: 'checking' };

export function advanceGate(state: GateState, event: GateEvent, settings: GateSettings): GateStep {
  switch (event.kind) {
    case 'facts-read':
      return onFacts(state, event.facts, event.mayShut);
    case 'facts-unreadable':
      return state.phase === 'checking' || state.phase === 'blocked'
        ? stay({ phase: 'blocked', reason: event.reason, detail: event.detail })
        : stay(state);
    case 'accept-submitted':
      return onSubmitted(state, event.submission);
    case 'acceptance-recorded':
      return onRecorded(state, event.receipt);
    case 'acceptance-not-recorded':
      return state.phase === 'recording'
        ? stay({ phase: 'asking', due: state.due, notice: { kind: 'not-recorded', reason: event.reason } })
        : stay(state);
    case 'proceed':
      return onProceed(state);
    case 'decline-requested':
      return onDeclineRequested(state, event.language, event.nowMs, settings);
    case 'decline-cancelled':
      return state.phase === 'declining' ? stay(withoutNotice(state.back)) : stay(state);
    case 'leave-now':
      return state.phase === 'declining' ? leave(state, event.nowMs, settings) : stay(state);
    case 'tick':
      return onTick(state, event.nowMs, settings);
    case 'leave-done':
      // A lock comes back to the same question; a sign-out ends this process before this matters.
      return state.phase === 'leaving' ? stay(withoutNotice(state.back)) : stay(state);
    case 'leave-failed':
      return state.phase === 'leaving' ? stay(withFailure(state.back, event.reason)) : stay(state);
    case 'break-glass-code-matched':
      return open(state, 'break-glass');
    case 'crash-limit-reached':
      return open(state, 'crash-limit');
    case 'demonstration-left':
      return open(state, 'demonstration');
  }
}

/** Whether the gate would take this submission now, or why not. */
export function answerSubmission(state: GateState, submission: Submission): SubmissionAnswer {
  return state.phase === 'asking' ? checkSubmission(state.due[0].pack, submission) : 'not-current';
}

function stay(state: GateState): GateStep {
  return { state, effects: [] };
}

function open(state: GateState, how: GateOpening): GateStep {
  return state.phase === 'open'
    ? stay(state)
    : { state: { phase: 'open', how }, effects: [{ kind: 'opened', how }] };
}

function onFacts(state: GateState, facts: GateFacts, mayShut: boolean): GateStep {
  switch (state.phase) {
    case 'open': {
      if (!mayShut) return stay(state);
      const answer = evaluate(facts);
      return answer.kind === 'due'
        ? stay({ phase: 'asking', due: answer.due, notice: { kind: 'none' } })
        : stay(state);
    }
    case 'checking':
    case 'blocked':
    case 'asking': {
      const answer = state.phase === 'asking' ? evaluate(facts) : evaluateAtStart(facts);
      if (answer.kind === 'nothing-due') return open(state, answer.how);
      const notice: GateNotice = state.phase === 'asking' ? state.notice : { kind: 'none' };
      return stay({ phase: 'asking', due: answer.due, notice });
    }
    // While an answer is recorded, confirmed or declined, facts wait: the agent reads them again afterwards.
    case 'recording':
    case 'confirmed':
    case 'declining':
    case 'leaving':
      return stay(state);
  }
}

function onSubmitted(state: GateState, submission: Submission): GateStep {
  if (state.phase !== 'asking' || answerSubmission(state, submission) !== 'complete') return stay(state);
  return {
    state: { phase: 'recording', due: state.due, submission },
    effects: [{ kind: 'record-acceptance', policy: state.due[0], submission }],
  };
}

function onRecorded(state: GateState, receipt: PolicyRecord): GateStep {
  if (state.phase !== 'recording') return stay(state);
  const { submission, due } = state;
  const isForThisText =
    receipt.policyId === submission.policyId &&
    receipt.policyVersion === submission.policyVersion &&
    receipt.textSha256 === submission.textSha256;
  if (!isForThisText) return stay(state);
  const [accepted, ...remaining] = due;
  return stay({ phase: 'confirmed', receipt, accepted, remaining });
}

function onProceed(state: GateState): GateStep {
  if (state.phase !== 'confirmed') return stay(state);
  const [next, ...others] = state.remaining;
  return next === undefined
    ? open(state, 'receipt')
    : stay({ phase: 'asking', due: [next, ...others], notice: { kind: 'none' } });
}

function onDeclineRequested(
  state: GateState,
  language: Language,
  nowMs: number,
  settings: GateSettings,
): GateStep {
  if (state.phase !== 'asking' && state.phase !== 'blocked') return stay(state);
  return stay({
    phase: 'declining',
    back: state,
    language,
    endsAtMs: nowMs + settings.declineCountdownSeconds * 1000,
    secondsLeft: settings.declineCountdownSeconds,
  });
}

function onTick(state: GateState, nowMs: number, settings: GateSettings): GateStep {
  if (state.phase === 'declining') {
    const secondsLeft = Math.max(0, Math.ceil((state.endsAtMs - nowMs) / 1000));
    return secondsLeft === 0 ? leave(state, nowMs, settings) : stay({ ...state, secondsLeft });
  }
  if (state.phase === 'leaving' && nowMs >= state.giveUpAtMs) {
    return stay(withFailure(state.back, 'This PC did not sign out within 30 seconds.'));
  }
  return stay(state);
}

function leave(
  state: Extract<GateState, { phase: 'declining' }>,
  nowMs: number,
  settings: GateSettings,
): GateStep {
  const { back, language } = state;
  const record: readonly GateEffect[] =
    back.phase === 'asking' ? [{ kind: 'record-decline', policy: back.due[0], language }] : [];
  if (settings.onDecline === 'nothing') {
    const stayed: Returnable =
      back.phase === 'asking' ? { ...back, notice: { kind: 'declined-stay' } } : back;
    return { state: stayed, effects: record };
  }
  return {
    state: { phase: 'leaving', back, giveUpAtMs: nowMs + leaveDeadlineMs },
    effects: [...record, { kind: 'leave', how: settings.onDecline }],
  };
}

function withoutNotice(back: Returnable): Returnable {
  return back.phase === 'asking' ? { ...back, notice: { kind: 'none' } } : back;
}

function withFailure(back: Returnable, reason: string): Returnable {
  return back.phase === 'asking'
    ? { ...back, notice: { kind: 'sign-out-failed', reason } }
    : { ...back, detail: reason };
}
