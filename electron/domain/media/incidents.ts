/** Everything that is plugged in, as a state machine: each refresh gives the next state, and what to report. */
import type { Device } from '../../../shared/device/device.ts';
import type { MediaAnswer } from '../../../shared/wire/media.ts';
import type { RegisterSources } from './approval.ts';
import { type EvaluationSettings, evaluateDevice } from './evaluate-device.ts';
import {
  type Abilities,
  closeIncident,
  endIncident,
  endLastWord,
  hasNews,
  type Incident,
  isOnScreen,
  isPluggedIn,
  isReportDue,
  lastWordEndsAtMs,
  noteDelivered,
  noteDeparture,
  notePaint,
  openIncident,
  refreshIncident,
  settleMs,
  showIncident,
  type WarningRules,
} from './incident.ts';
import {
  emptyTracker,
  fallAsleep,
  type Insertion,
  type InsertionTracker,
  trackInsertions,
  wakeUp,
} from './track-insertions.ts';
import type { GivenWarning } from './warning-history.ts';

export interface MediaState {
  readonly tracker: InsertionTracker;
  /** Oldest first. None is gone. */
  readonly incidents: readonly Incident[];
  readonly history: readonly GivenWarning[];
}

export const emptyMedia: MediaState = { tracker: emptyTracker, incidents: [], history: [] };

export interface MediaFacts {
  /** Every device that is plugged in now, ready or not. */
  readonly devices: readonly Device[];
  readonly settings: EvaluationSettings;
  readonly sources: RegisterSources;
  readonly answers: readonly MediaAnswer[];
  readonly abilities: Abilities;
  readonly rules: WarningRules;
  readonly nowMs: number;
  readonly now: Date;
  /** For new incidents: at least one for each device. */
  readonly freshIds: readonly string[];
}

export interface RefreshedMedia {
  readonly state: MediaState;
  readonly toReport: readonly Incident[];
  /** When the next decision is due without any event, on the monotonic clock; infinite where none is. */
  readonly refreshAtMs: number;
}

export function refreshMedia(before: MediaState, facts: MediaFacts): RefreshedMedia {
  const { rules, nowMs } = facts;
  const tracked = trackInsertions(before.tracker, facts.devices, nowMs);
  const known = new Map(before.incidents.map((incident) => [incident.insertion.number, incident]));
  const freshIds = [...facts.freshIds];
  const toReport: Incident[] = [];
  let { history } = before;
  let refreshAtMs = tracked.refreshAtMs ?? Number.POSITIVE_INFINITY;

  for (const insertion of tracked.tracker.insertions) {
    const incident = known.get(insertion.number);
    if (incident !== undefined && insertion.leftAtMs !== undefined) {
      known.set(insertion.number, noteDeparture(incident, insertion));
      continue;
    }
    const evaluation = evaluate(insertion, facts);
    const refreshed = refreshIncident(
      incident ??
        openIncident({
          id: freshIds.pop() ?? '',
          insertion,
          evaluation,
          nowMs,
          seenAt: facts.now.toISOString(),
        }),
      { ...facts, insertion, evaluation, history },
    );
    known.set(insertion.number, refreshed.incident);
    history = refreshed.history;
    refreshAtMs = Math.min(refreshAtMs, refreshed.refreshAtMs);
    if (isReportDue(refreshed.incident, rules, nowMs)) toReport.push(refreshed.incident);
  }
  for (const { number } of tracked.ended) {
    const incident = known.get(number);
    if (incident === undefined) continue;
    if (hasNews(incident)) toReport.push(incident);
    known.set(number, endIncident(incident, nowMs));
  }
  const state = { tracker: tracked.tracker, incidents: [...known.values()], history };
  return { state: withoutGone(state), toReport, refreshAtMs };
}

function evaluate({ device }: Insertion, { devices, settings, sources, now }: MediaFacts) {
  const pluggedIn = devices.filter(({ isReady }) => isReady);
  return evaluateDevice(device, { settings, sources, pluggedIn, now });
}

/** Changes incidents outside a refresh, after what the user or the collector did. */
export function changeIncidents(state: MediaState, change: (incident: Incident) => Incident): MediaState {
  return withoutGone({ ...state, incidents: state.incidents.map(change) });
}

function withoutGone(state: MediaState): MediaState {
  return { ...state, incidents: state.incidents.filter(({ phase }) => phase.name !== 'gone') };
}

/** Shows every device with a problem again, also those that the user closed. */
export function showProblems(state: MediaState, abilities: Abilities, nowMs: number): MediaState {
  return changeIncidents(state, (one) =>
    isPluggedIn(one) && one.evaluation.problems.length > 0 ? showIncident(one, abilities, nowMs) : one,
  );
}

export function closeAll(state: MediaState): MediaState {
  return changeIncidents(state, closeIncident);
}

/** Takes the cards away whose last word is over. */
export function endLastWords(state: MediaState, nowMs: number): MediaState {
  return changeIncidents(state, (one) => endLastWord(one, nowMs));
}

/** @returns when the next card goes by itself, on the monotonic clock; infinite where none does. */
export function nextLastWordEndMs({ incidents }: MediaState): number {
  return Math.min(...incidents.map(lastWordEndsAtMs));
}

/** @returns the same state where none of these cards is painted for the first time. */
export function notePainted(state: MediaState, ids: readonly string[]): MediaState {
  const isNews = (one: Incident) => ids.includes(one.id) && isOnScreen(one) && !one.isWarned;
  if (!state.incidents.some(isNews)) return state;
  return changeIncidents(state, (one) => (isNews(one) ? notePaint(one) : one));
}

/** Everything that was recorded has reached the collector. */
export function noteAllDelivered(state: MediaState): MediaState {
  return changeIncidents(state, noteDelivered);
}

export function putToSleep(state: MediaState): MediaState {
  return { ...state, tracker: fallAsleep(state.tracker) };
}

export function wakeMedia(state: MediaState, nowMs: number): MediaState {
  return { ...state, tracker: wakeUp(state.tracker, nowMs) };
}

/** A verdict may still come for something that was plugged in: a prepared page is worth keeping. */
export function isVerdictAwaited(
  { incidents }: MediaState,
  devices: readonly Device[],
  nowMs: number,
): boolean {
  return (
    devices.some(({ isReady }) => !isReady) || incidents.some(({ readyAtMs }) => nowMs - readyAtMs < settleMs)
  );
}
