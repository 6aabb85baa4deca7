import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evaluateDevice } from '../../../../../electron/domain/media/evaluate-device.ts';
import {
  type Abilities,
  closeIncident,
  endIncident,
  endLastWord,
  hasNews,
  type Incident,
  isOnScreen,
  isReportDue,
  lastWordMs,
  mostLostWarnings,
  noteAsked,
  noteDelivered,
  noteDeparture,
  noteEject,
  notePaint,
  noteReported,
  noteScanOutcome,
  openIncident,
  paintWithinMs,
  type RefreshFacts,
  refreshIncident,
  reportAfterMs,
  settleMs,
  showIncident,
  type WarningRules,
} from '../../../../../electron/domain/media/incident.ts';
import type { GivenWarning } from '../../../../../electron/domain/media/warning-history.ts';
import type { Device } from '../../../../../shared/device/device.ts';
import { type Verdict, verdictSchema } from '../../../../../shared/device/verdict.ts';
import { makeDevice, makeDeviceVolume } from '../../../../support/device-arbitraries.ts';

const hourMs = 3_600_000;
const abilities: Abilities = { canEject: true, canAsk: true, canScan: true };
const warn: WarningRules = { mode: 'warn', mayWarn: true, repeatAfterMs: hourMs };

function deviceWith(encryption: Verdict): Device {
  return makeDevice({ volumes: [makeDeviceVolume({ encryption })] });
}

function evaluate(device: Device) {
  return evaluateDevice(device, {
    settings: { requireEncryption: true, requireApproval: false, encryptedModels: [] },
    sources: [],
    pluggedIn: [device],
    now: new Date('2026-11-22T08:40:00Z'),
  });
}

const insertionOf = (device: Device) =>
  ({ number: 1, arrival: 'inserted', device, leftAtMs: undefined }) as const;

function open(encryption: Verdict, nowMs = 0): Incident {
  const device = deviceWith(encryption);
  return openIncident({
    id: '0198f0a0-0000-4000-8000-000000000001',
    insertion: insertionOf(device),
    evaluation: evaluate(device),
    nowMs,
    seenAt: '2026-11-22T08:40:00.000Z',
  });
}

function refresh(incident: Incident, nowMs: number, changes: Partial<RefreshFacts> = {}) {
  const { device } = incident.insertion;
  return refreshIncident(incident, {
    insertion: insertionOf(device),
    evaluation: evaluate(device),
    answers: [],
    abilities,
    rules: warn,
    history: [],
    nowMs,
    ...changes,
  });
}

describe('an incident', () => {
  it('settles while the verdict may still change, and warns when it does not', () => {
    const settling = refresh(open('cannot-tell'), 0);
    expect(settling).toMatchObject({ incident: { phase: { name: 'settling' } }, refreshAtMs: settleMs });
    expect(refresh(settling.incident, settleMs).incident.phase).toEqual({ name: 'shown', sinceMs: settleMs });
  });

  it('warns at once where the verdict is certain', () => {
    expect(refresh(open('not-encrypted'), 0).incident.phase).toEqual({ name: 'shown', sinceMs: 0 });
  });

  it('stays quiet without a problem, and while the gate is shut', () => {
    expect(refresh(open('encrypted'), 0).incident.phase).toEqual({ name: 'quiet' });
    const held = refresh(open('not-encrypted'), 0, { rules: { ...warn, mayWarn: false } });
    expect(held.incident.phase).toEqual({ name: 'quiet' });
  });

  it('shows its last word once the problem is solved, and then leaves the screen', () => {
    const shown = refresh(open('not-encrypted'), 0).incident;
    const device = deviceWith('encrypted');
    const facts = { insertion: insertionOf(device), evaluation: evaluate(device) };
    const last = refresh(shown, 100, facts).incident;
    expect(last.phase).toEqual({ name: 'last-word', sinceMs: 0, untilMs: 100 + lastWordMs, hasEnded: false });
    expect(endLastWord(last, 100 + lastWordMs - 1)).toBe(last);
    expect(endLastWord(last, 100 + lastWordMs).phase).toEqual({ name: 'quiet' });
    const clear = deviceWith('not-encrypted');
    const back = refresh(last, 200, { insertion: insertionOf(clear), evaluation: evaluate(clear) });
    expect(back.incident.phase).toEqual({ name: 'shown', sinceMs: 0 });
  });

  it('whose device was ejected and unplugged ends when its last word is over, or closed', () => {
    const ejected = noteEject(refresh(open('not-encrypted'), 0).incident, 'ejected', 50);
    const ended = endIncident(ejected, 4000);
    expect(isOnScreen(ended)).toBe(true);
    expect(endLastWord(ended, 50 + lastWordMs).phase).toEqual({ name: 'gone' });
    expect(closeIncident(ended).phase).toEqual({ name: 'gone' });
    expect(endIncident(open('encrypted'), 0).phase).toEqual({ name: 'gone' });
  });

  it('can be used again when the device comes back after it was ejected', () => {
    const ejected = noteEject(refresh(open('not-encrypted'), 0).incident, 'ejected', 50);
    const away = noteDeparture(ejected, { ...ejected.insertion, leftAtMs: 60 });
    expect(refresh(away, 70).incident).toMatchObject({ eject: 'ready', phase: { name: 'shown' } });
  });

  it('stays when the user shows the warning again after an eject, and can be ejected again', () => {
    const ejected = noteEject(refresh(open('not-encrypted'), 0).incident, 'ejected', 1000);
    const again = showIncident(ejected, abilities, 5000);
    expect(again).toMatchObject({ eject: 'ready', phase: { name: 'shown', sinceMs: 5000 } });
    const later = endLastWord(refresh(again, 6000).incident, 1000 + lastWordMs);
    expect(later.phase).toEqual({ name: 'shown', sinceMs: 5000 });
  });

  it('offers a scan as soon as its files can be reached, and no longer once they cannot', () => {
    const device = makeDevice({
      volumes: [makeDeviceVolume({ encryption: 'not-encrypted', mountPoints: [] })],
    });
    const mounted = deviceWith('not-encrypted');
    const unmounted = { insertion: insertionOf(device), evaluation: evaluate(device) };
    const shown = refresh(open('not-encrypted'), 0, unmounted).incident;
    expect(shown.scan).toBe('not-available');
    const reachable = refresh(shown, 2000, {
      insertion: insertionOf(mounted),
      evaluation: evaluate(mounted),
    }).incident;
    expect(reachable.scan).toBe('ready');
    expect(refresh(reachable, 3000, unmounted).incident.scan).toBe('not-available');
  });

  it('gives up a warning whose page breaks each time before it paints', () => {
    let incident = open('not-encrypted');
    let shown = 0;
    for (let nowMs = 0; nowMs < 20_000; nowMs += 1000) {
      incident = refresh(incident, nowMs).incident;
      if (isOnScreen(incident)) shown += 1;
      incident = closeIncident(incident);
    }
    expect(shown).toBe(mostLostWarnings);
  });

  it('is reported once it is clear whether its warning was painted', () => {
    const shown = refresh(open('not-encrypted'), 0).incident;
    expect(isReportDue(shown, warn, paintWithinMs - 1)).toBe(false);
    expect(isReportDue(shown, warn, paintWithinMs)).toBe(true);
    expect(isReportDue(notePaint(shown), warn, reportAfterMs - 1)).toBe(false);
    expect(isReportDue(notePaint(shown), warn, reportAfterMs)).toBe(true);
    const held = { ...warn, mayWarn: false };
    expect(isReportDue(refresh(open('not-encrypted'), 0, { rules: held }).incident, held, hourMs)).toBe(
      false,
    );
  });
});

type Step =
  | { readonly does: 'refresh'; readonly verdict: Verdict; readonly mayWarn: boolean }
  | { readonly does: 'close' | 'paint' | 'eject' | 'leave' | 'end' | 'show' | 'ask' | 'deliver' | 'scan' };

const steps: fc.Arbitrary<{ afterMs: number; step: Step }[]> = fc.array(
  fc.record({
    afterMs: fc.integer({ min: 0, max: 4000 }),
    step: fc.oneof(
      fc.record({
        does: fc.constant('refresh' as const),
        verdict: fc.constantFrom(...verdictSchema.options),
        mayWarn: fc.boolean(),
      }),
      fc.record({
        does: fc.constantFrom('close', 'paint', 'eject', 'leave', 'end', 'show', 'ask', 'deliver', 'scan'),
      }),
    ),
  }),
  { maxLength: 40 },
);

interface Moment {
  readonly before: Incident;
  readonly after: Incident;
  readonly history: readonly GivenWarning[];
  readonly step: Step;
  readonly nowMs: number;
  readonly refreshAtMs: number;
}

/** Every moment in the life of one incident under these steps. */
function live(all: readonly { readonly afterMs: number; readonly step: Step }[]): readonly Moment[] {
  let incident = open('not-encrypted');
  let history: readonly GivenWarning[] = [];
  let nowMs = 0;
  const moments: Moment[] = [];
  for (const { afterMs, step } of all) {
    nowMs += afterMs;
    const before = incident;
    let refreshAtMs = Number.POSITIVE_INFINITY;
    incident = endLastWord(incident, nowMs);
    if (incident.phase.name === 'gone') break;
    const hasEnded = incident.phase.name === 'last-word' && incident.phase.hasEnded;
    switch (step.does) {
      case 'refresh': {
        if (hasEnded) break;
        const device = deviceWith(step.verdict);
        const facts = {
          insertion: insertionOf(device),
          evaluation: evaluate(device),
          history,
          rules: { ...warn, mayWarn: step.mayWarn },
        };
        const refreshed = refresh(incident, nowMs, facts);
        expect(refresh(refreshed.incident, nowMs, { ...facts, history: refreshed.history })).toEqual(
          refreshed,
        );
        ({ incident, history, refreshAtMs } = refreshed);
        if (isReportDue(incident, facts.rules, nowMs)) incident = noteReported(incident);
        break;
      }
      case 'close':
        incident = closeIncident(incident);
        break;
      case 'paint':
        incident = notePaint(incident);
        break;
      case 'eject':
        incident = noteEject(incident, 'ejected', nowMs);
        break;
      case 'leave':
        incident = noteDeparture(incident, { ...incident.insertion, leftAtMs: nowMs });
        break;
      case 'end':
        if (!hasEnded) incident = endIncident(incident, nowMs);
        break;
      case 'show':
        incident = showIncident(incident, abilities, nowMs);
        break;
      case 'ask':
        incident = noteAsked(incident, '2026-11-22T09:00:00.000Z');
        break;
      case 'deliver':
        incident = noteDelivered(incident);
        break;
      case 'scan':
        incident = noteScanOutcome(incident, 'unclear', abilities, nowMs);
        break;
    }
    moments.push({ before, after: incident, history, step, nowMs, refreshAtMs });
  }
  return moments;
}

describe('in any life of an incident', () => {
  const always = (check: (moment: Moment) => void) =>
    fc.assert(
      fc.property(steps, (all) => live(all).forEach(check)),
      { numRuns: 1000 },
    );

  it('a refresh shows no card while warnings wait, or for a device without a problem', () =>
    always(({ before, after, step }) => {
      if (step.does !== 'refresh' || isOnScreen(before) || !isOnScreen(after)) return;
      expect(step.mayWarn).toBe(true);
      expect(after.evaluation.problems).not.toEqual([]);
    }));

  it('a refresh never repeats a warning that the user saw within the hour', () => {
    fc.assert(
      fc.property(steps, (all) => {
        let seen: readonly string[] = [];
        for (const { before, after, step } of live(all)) {
          const isNew = step.does === 'refresh' && !isOnScreen(before) && isOnScreen(after);
          if (isNew) expect(after.evaluation.problems.some((problem) => !seen.includes(problem))).toBe(true);
          // The refresh after a paint remembers it.
          if (step.does === 'refresh' && isOnScreen(after) && after.isWarned) {
            seen = [...seen, ...after.evaluation.problems];
          }
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('a last word lasts ten seconds at most', () =>
    always(({ after, nowMs }) => {
      if (after.phase.name !== 'last-word') return;
      expect(after.phase.untilMs).toBeGreaterThan(nowMs);
      expect(after.phase.untilMs).toBeLessThanOrEqual(nowMs + lastWordMs);
    }));

  it('the next decision lies in the future', () =>
    always(({ refreshAtMs, nowMs }) => expect(refreshAtMs).toBeGreaterThan(nowMs)));

  it('a card that was painted once counts as a warning for ever', () =>
    always(({ before, after }) => expect(before.isWarned && !after.isWarned).toBe(false)));

  it('only new problems make a report due, and no reported problem is forgotten', () =>
    always(({ before, after }) => {
      for (const problem of before.reported ?? []) expect(after.reported).toContain(problem);
      expect(hasNews(noteReported(after))).toBe(false);
    }));
});
