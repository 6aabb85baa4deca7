/**
 * One insertion of one device as a state machine: what the warning shows of it, and what the agent reports.
 *
 * It settles until its verdict is certain. Then it is quiet or shown; a card whose device became fine, or was ejected,
 * says its last word for a while. An insertion that ended, and has no last word to say, is gone.
 *
 * The promises: a device is reported once, and once more for each problem that appears later. The agent does not warn
 * of the same device and problem again too soon. A warning that the screen never showed does not count as a warning.
 */
import type {
  EjectState,
  OfflineCodeState,
  RequestState,
  ScanState,
} from '../../../shared/device/device-actions.ts';
import type { DeviceProblem } from '../../../shared/device/verdict.ts';
import type { MediaAnswer } from '../../../shared/wire/media.ts';
import type { Evaluation } from './evaluate-device.ts';
import { findAnswer } from './find-answer.ts';
import type { Insertion } from './track-insertions.ts';
import { type GivenWarning, isWarningDue, noteWarning } from './warning-history.ts';

/** Partitions appear one by one; until then `cannot-tell` only means "not yet". */
export const settleMs = 1500;
/** A report can wait until the whole device has appeared; a warning cannot. */
export const reportAfterMs = 2000;
/** A page that has not painted by then has warned no one, and the report says so. */
export const paintWithinMs = 10_000;
/** Limits how often a page that breaks before it paints is opened for one insertion. */
export const mostLostWarnings = 2;
/** How long a card stays after its device became fine or was ejected. */
export const lastWordMs = 10_000;

/** All times are on the monotonic clock. */
type Phase =
  /** Not on the screen: the verdict may still change. */
  | { readonly name: 'settling' }
  /** Not on the screen: no warning is due, or the user closed it. */
  | { readonly name: 'quiet' }
  | { readonly name: 'shown'; readonly sinceMs: number }
  /** On the screen until `untilMs`. `hasEnded`: the device is out, and the insertion ends with this card. */
  | {
      readonly name: 'last-word';
      readonly sinceMs: number;
      readonly untilMs: number;
      readonly hasEnded: boolean;
    }
  /** Final: forget it. */
  | { readonly name: 'gone' };

export interface Incident {
  readonly id: string;
  readonly insertion: Insertion;
  /** Of the device while it was last plugged in. */
  readonly evaluation: Evaluation;
  /** When the device was first ready, on the monotonic clock. */
  readonly readyAtMs: number;
  /** The same moment, ISO UTC. */
  readonly seenAt: string;
  readonly phase: Phase;
  /** A card of this incident was painted at least once. */
  readonly isWarned: boolean;
  /** How often its card left the screen before it was painted. */
  readonly lostWarnings: number;
  /** Every problem that was reported; undefined before the first report. */
  readonly reported: readonly DeviceProblem[] | undefined;
  readonly eject: EjectState;
  readonly request: RequestState;
  /** When the user last asked for approval, ISO UTC. */
  readonly askedAt: string | undefined;
  readonly answer: MediaAnswer | undefined;
  /** What became of the code that the user typed last. */
  readonly offlineCode: OfflineCodeState;
  readonly scan: ScanState;
  /** The anti-virus that scans, as people know it; empty before it began. */
  readonly scanProgram: string;
}

/** What the settings and the gate allow at this moment. */
export interface WarningRules {
  readonly mode: 'off' | 'audit' | 'warn';
  /** False in front of a shut gate: warnings wait until it opens. */
  readonly mayWarn: boolean;
  readonly repeatAfterMs: number;
}

/** What this PC can do about devices at all: a button may still not fit one device. */
export interface Abilities {
  readonly canEject: boolean;
  /** A collector is set, so that a request has a destination. */
  readonly canAsk: boolean;
  readonly canScan: boolean;
}

export function openIncident(facts: {
  readonly id: string;
  readonly insertion: Insertion;
  readonly evaluation: Evaluation;
  readonly nowMs: number;
  readonly seenAt: string;
}): Incident {
  return {
    id: facts.id,
    insertion: facts.insertion,
    evaluation: facts.evaluation,
    readyAtMs: facts.nowMs,
    seenAt: facts.seenAt,
    phase: { name: 'settling' },
    isWarned: false,
    lostWarnings: 0,
    reported: undefined,
    eject: 'ready',
    request: 'ready',
    askedAt: undefined,
    answer: undefined,
    offlineCode: 'ready',
    scan: 'ready',
    scanProgram: '',
  };
}

/** When its card came on the screen; undefined while none is there. */
function shownSinceMs({ phase }: Incident): number | undefined {
  return phase.name === 'shown' || phase.name === 'last-word' ? phase.sinceMs : undefined;
}

export function isOnScreen(incident: Incident): boolean {
  return shownSinceMs(incident) !== undefined;
}

export function isPluggedIn({ insertion }: Incident): boolean {
  return insertion.leftAtMs === undefined;
}

/**
 * Puts its card on the screen. A card that is there already keeps its last word, except where the device is plugged in
 * and has a problem: "You can take it out now" is over once the user asks for the warning.
 */
export function showIncident(incident: Incident, abilities: Abilities, nowMs: number): Incident {
  const { phase, evaluation } = incident;
  if (phase.name === 'gone') return incident;
  const keepsLastWord = phase.name === 'last-word' && (phase.hasEnded || evaluation.problems.length === 0);
  const shown: Incident = {
    ...incident,
    phase: keepsLastWord ? { ...phase, sinceMs: nowMs } : { name: 'shown', sinceMs: nowMs },
    eject: 'ready',
  };
  return fitActions(shown, abilities);
}

type Offer = 'ready' | 'not-available';

/** Offers what fits the device as it is now: a stick may be mounted after its card appeared. What runs goes on. */
function fitActions(incident: Incident, abilities: Abilities): Incident {
  const { driveKeys, volumes } = incident.insertion.device;
  const offer = <State extends string>(state: State | Offer, isPossible: boolean): State | Offer => {
    if (state !== 'ready' && state !== 'not-available') return state;
    return isPossible ? 'ready' : 'not-available';
  };
  return {
    ...incident,
    eject: offer(incident.eject, abilities.canEject && driveKeys.length > 0),
    request: offer(incident.request, abilities.canAsk && incident.evaluation.canBeApproved),
    scan: offer(
      incident.scan,
      abilities.canScan && volumes.some(({ mountPoints }) => mountPoints.length > 0),
    ),
  };
}

function sayLastWord(incident: Incident, nowMs: number): Incident {
  if (incident.phase.name !== 'shown') return incident;
  const { sinceMs } = incident.phase;
  return {
    ...incident,
    phase: { name: 'last-word', sinceMs, untilMs: nowMs + lastWordMs, hasEnded: false },
  };
}

function takeLastWordBack(incident: Incident): Incident {
  if (incident.phase.name !== 'last-word' || incident.phase.hasEnded) return incident;
  return { ...incident, phase: { name: 'shown', sinceMs: incident.phase.sinceMs } };
}

function leaveScreen(incident: Incident): Incident {
  if (!isOnScreen(incident)) return incident;
  const hasEnded = incident.phase.name === 'last-word' && incident.phase.hasEnded;
  return { ...incident, phase: { name: hasEnded ? 'gone' : 'quiet' } };
}

/** The user closed the warning, or its page ended. */
export function closeIncident(incident: Incident): Incident {
  if (!isOnScreen(incident)) return incident;
  const isLost = !incident.isWarned;
  return leaveScreen(isLost ? { ...incident, lostWarnings: incident.lostWarnings + 1 } : incident);
}

/** Takes the card away whose last word is over. */
export function endLastWord(incident: Incident, nowMs: number): Incident {
  const isOver = incident.phase.name === 'last-word' && incident.phase.untilMs <= nowMs;
  return isOver ? leaveScreen(incident) : incident;
}

export function notePaint(incident: Incident): Incident {
  return isOnScreen(incident) ? { ...incident, isWarned: true } : incident;
}

/** The device is out and may come back: its evaluation stays as it was. */
export function noteDeparture(incident: Incident, insertion: Insertion): Incident {
  return { ...incident, insertion };
}

/** The device did not come back. "You can take it out now" stays until its time is over. */
export function endIncident(incident: Incident, nowMs: number): Incident {
  if (incident.phase.name !== 'last-word') return { ...incident, phase: { name: 'gone' } };
  return {
    ...incident,
    phase: { ...incident.phase, hasEnded: true },
    insertion: { ...incident.insertion, leftAtMs: nowMs },
  };
}

/** Ejected, the card says that the device can be taken out, and goes. */
export function noteEject(incident: Incident, eject: EjectState, nowMs: number): Incident {
  const noted = { ...incident, eject };
  return eject === 'ejected' ? sayLastWord(noted, nowMs) : noted;
}

export function noteRequest(incident: Incident, request: RequestState): Incident {
  return { ...incident, request };
}

/** @param askedAt ISO UTC. Older answers no longer count. */
export function noteAsked(incident: Incident, askedAt: string): Incident {
  return { ...incident, request: 'queued', askedAt, answer: undefined };
}

/** Everything that was recorded has reached the collector. */
export function noteDelivered(incident: Incident): Incident {
  return incident.request === 'queued' ? { ...incident, request: 'sent' } : incident;
}

export function noteScan(incident: Incident, scan: ScanState, scanProgram = incident.scanProgram): Incident {
  return { ...incident, scan, scanProgram };
}

/** A possible virus comes back on the screen even after the user closed the warning. */
export function noteScanOutcome(
  incident: Incident,
  outcome: ScanState,
  abilities: Abilities,
  nowMs: number,
): Incident {
  const noted = noteScan(incident, outcome);
  const isUrgent = outcome === 'something-found' || outcome === 'unclear';
  return isUrgent ? showIncident(noted, abilities, nowMs) : noted;
}

export interface RefreshFacts {
  /** With the device plugged in. */
  readonly insertion: Insertion;
  readonly evaluation: Evaluation;
  /** The school's answers to this user, newest first. */
  readonly answers: readonly MediaAnswer[];
  readonly abilities: Abilities;
  readonly rules: WarningRules;
  readonly history: readonly GivenWarning[];
  readonly nowMs: number;
}

export interface Refreshed {
  readonly incident: Incident;
  readonly history: readonly GivenWarning[];
  /** When the next decision is due without any event, on the monotonic clock; infinite where none is. */
  readonly refreshAtMs: number;
}

/** Evaluated again while the device is plugged in. The same facts at the same moment change nothing more. */
export function refreshIncident(before: Incident, facts: RefreshFacts): Refreshed {
  const { insertion, evaluation, nowMs } = facts;
  const isBack = !isPluggedIn(before);
  const seen = { ...before, insertion, evaluation };
  const phased = decidePhase(takeAnswer(isBack ? takeBack(seen) : seen, facts), facts);
  const decided = isOnScreen(phased) ? fitActions(phased, facts.abilities) : phased;
  return {
    incident: decided,
    history: rememberWarning(decided, facts),
    refreshAtMs: nextMoment(decided, nowMs),
  };
}

/** The user ejected the device, and plugged it in again before the insertion ended. */
function takeBack(incident: Incident): Incident {
  return incident.eject === 'ejected' ? { ...takeLastWordBack(incident), eject: 'ready' } : incident;
}

/** A user who waits for an answer sees it, even after closing the warning. */
function takeAnswer(incident: Incident, { insertion, evaluation, ...facts }: RefreshFacts): Incident {
  const answer = findAnswer(facts.answers, insertion.device, evaluation.serialQuality, {
    insertionId: incident.id,
    askedAt: incident.askedAt,
  });
  const answered = { ...incident, answer };
  const isAwaited = incident.request === 'queued' || incident.request === 'sent';
  // Where no warning may appear now, the answer waits as the warning does.
  if (answer === undefined || !isAwaited || !mayShow(facts.rules)) return answered;
  // After a refusal the user may ask again, with a better reason.
  const open: Incident = { ...answered, request: 'ready' };
  return open.eject === 'ejected' ? open : showIncident(open, facts.abilities, facts.nowMs);
}

function mayShow({ mode, mayWarn }: WarningRules): boolean {
  return mode === 'warn' && mayWarn;
}

function isSettling({ evaluation, insertion, readyAtMs }: Incident, nowMs: number): boolean {
  const isUncertain = evaluation.encryption === 'cannot-tell' && insertion.device.volumes.length > 0;
  return isUncertain && nowMs - readyAtMs < settleMs;
}

function decidePhase(incident: Incident, facts: RefreshFacts): Incident {
  const { nowMs, rules } = facts;
  const { problems } = incident.evaluation;
  if (isOnScreen(incident)) {
    if (problems.length === 0) return sayLastWord(incident, nowMs);
    return incident.eject === 'ejected' ? incident : takeLastWordBack(incident);
  }
  if (isSettling(incident, nowMs)) return { ...incident, phase: { name: 'settling' } };
  const isDue =
    mayShow(rules) &&
    incident.lostWarnings < mostLostWarnings &&
    isWarningDue(incident.insertion.device, problems, facts.history, nowMs, rules.repeatAfterMs);
  return isDue ? showIncident(incident, facts.abilities, nowMs) : { ...incident, phase: { name: 'quiet' } };
}

/** A painted card warns of all its problems, also of those that appeared since. An unpainted card warned no one. */
function rememberWarning(
  incident: Incident,
  { history, rules, nowMs }: RefreshFacts,
): readonly GivenWarning[] {
  if (!isOnScreen(incident) || !incident.isWarned) return history;
  const { problems } = incident.evaluation;
  return noteWarning(history, incident.insertion.device, problems, nowMs, rules.repeatAfterMs);
}

function nextMoment(incident: Incident, nowMs: number): number {
  if (isSettling(incident, nowMs)) return incident.readyAtMs + settleMs;
  const shownMs = shownSinceMs(incident);
  const moments = [
    incident.readyAtMs + reportAfterMs,
    ...(shownMs === undefined ? [] : [shownMs + paintWithinMs]),
  ];
  return Math.min(...moments.filter((atMs) => atMs > nowMs));
}

/** @returns when a card goes by itself, on the monotonic clock; infinite where none does. */
export function lastWordEndsAtMs({ phase }: Incident): number {
  return phase.name === 'last-word' ? phase.untilMs : Number.POSITIVE_INFINITY;
}

/** True once there is something new to report, and it is clear whether the user was warned. */
export function isReportDue(incident: Incident, { mode, mayWarn }: WarningRules, nowMs: number): boolean {
  if (nowMs < incident.readyAtMs + reportAfterMs) return false;
  const shownMs = shownSinceMs(incident);
  const isPaintAwaited = shownMs !== undefined && !incident.isWarned && nowMs < shownMs + paintWithinMs;
  const isWarningAwaited = mode === 'warn' && !mayWarn && incident.evaluation.problems.length > 0;
  return !isPaintAwaited && !isWarningAwaited && hasNews(incident);
}

/** Something was not reported yet. At the end of an insertion this alone decides. */
export function hasNews({ reported, evaluation }: Incident): boolean {
  return reported === undefined || evaluation.problems.some((problem) => !reported.includes(problem));
}

export function noteReported(incident: Incident): Incident {
  const reported = new Set([...(incident.reported ?? []), ...incident.evaluation.problems]);
  return { ...incident, reported: [...reported] };
}

/** The report was not recorded: the next refresh tries again. */
export function takeReportBack(incident: Incident, before: Incident['reported']): Incident {
  return { ...incident, reported: before };
}
