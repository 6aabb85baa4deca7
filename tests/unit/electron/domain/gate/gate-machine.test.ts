import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { GateFacts, PolicyRecord } from '../../../../../electron/domain/gate/evaluate.ts';
import {
  advanceGate,
  type GateEffect,
  type GateEvent,
  type GateSettings,
  type GateState,
  initialGateState,
  leaveDeadlineMs,
} from '../../../../../electron/domain/gate/gate-machine.ts';
import type { Submission } from '../../../../../shared/policy/answers.ts';
import type { PolicyPack } from '../../../../../shared/policy/pack.ts';
import { makePack } from '../../../../fixtures/make-pack.ts';

const settings: GateSettings = { onDecline: 'sign-out', declineCountdownSeconds: 60 };
const staff = makePack();
const visitors = makePack({ id: 'visitors', order: 200 });
const now = new Date('2026-11-22T08:40:00Z');

function factsOf(changes: Partial<GateFacts> = {}): GateFacts {
  return {
    gateEnabled: true,
    excluded: false,
    packs: [staff],
    receipts: [],
    known: [],
    loginId: 'login-1',
    now,
    timeZone: 'Europe/London',
    ...changes,
  };
}

function recordOf(pack: PolicyPack, changes: Partial<PolicyRecord> = {}): PolicyRecord {
  return {
    policyId: pack.manifest.id,
    policyVersion: pack.manifest.version,
    textSha256: pack.textSha256['en-GB'],
    decidedAt: '2026-11-22T08:30:00.000Z',
    loginId: 'login-1',
    ...changes,
  };
}

function submissionOf(pack: PolicyPack, changes: Partial<Submission> = {}): Submission {
  return {
    policyId: pack.manifest.id,
    policyVersion: pack.manifest.version,
    textSha256: pack.textSha256['en-GB'],
    language: 'en-GB',
    ticked: ['agree'],
    fullName: 'Sioned Prys',
    jobRole: 'Teacher',
    ...changes,
  };
}

function runEvents(events: readonly GateEvent[], from: GateState = initialGateState) {
  let state = from;
  const effects: GateEffect[] = [];
  for (const event of events) {
    const step = advanceGate(state, event, settings);
    state = step.state;
    effects.push(...step.effects);
  }
  return { state, effects };
}

const read = (facts: GateFacts, mayShut = false): GateEvent => ({ kind: 'facts-read', facts, mayShut });

describe('the gate machine', () => {
  it('asks, records, confirms and only then opens', () => {
    const asked = runEvents([read(factsOf())]);
    expect(asked.state).toMatchObject({ phase: 'asking' });
    const recording = runEvents([{ kind: 'accept-submitted', submission: submissionOf(staff) }], asked.state);
    expect(recording.state.phase).toBe('recording');
    expect(recording.effects).toMatchObject([{ kind: 'record-acceptance' }]);
    const confirmed = runEvents([{ kind: 'acceptance-recorded', receipt: recordOf(staff) }], recording.state);
    expect(confirmed.state).toMatchObject({ phase: 'confirmed', remaining: [] });
    const opened = runEvents([{ kind: 'proceed' }], confirmed.state);
    expect(opened.state).toEqual({ phase: 'open', how: 'receipt' });
    expect(opened.effects).toEqual([{ kind: 'opened', how: 'receipt' }]);
  });

  it('asks several policies one after the other and opens after the last', () => {
    const afterFirst = runEvents([
      read(factsOf({ packs: [staff, visitors] })),
      { kind: 'accept-submitted', submission: submissionOf(staff) },
      { kind: 'acceptance-recorded', receipt: recordOf(staff) },
      { kind: 'proceed' },
    ]);
    expect(afterFirst.state).toMatchObject({ phase: 'asking', due: [{ pack: visitors }] });
    const afterSecond = runEvents(
      [
        { kind: 'accept-submitted', submission: submissionOf(visitors) },
        { kind: 'acceptance-recorded', receipt: recordOf(visitors) },
        { kind: 'proceed' },
      ],
      afterFirst.state,
    );
    expect(afterSecond.state).toEqual({ phase: 'open', how: 'receipt' });
  });

  it('does not take a receipt for another text, version or policy as the answer', () => {
    for (const wrong of [
      { textSha256: 'f'.repeat(64) },
      { textSha256: staff.textSha256['cy-GB'] },
      { policyVersion: '2' },
      { policyId: 'pupil' },
    ]) {
      const { state } = runEvents([
        read(factsOf()),
        { kind: 'accept-submitted', submission: submissionOf(staff) },
        { kind: 'acceptance-recorded', receipt: recordOf(staff, wrong) },
        { kind: 'proceed' },
      ]);
      expect(state.phase).toBe('recording');
    }
  });

  it('stays shut and reports it when the answer could not be written', () => {
    const { state } = runEvents([
      read(factsOf()),
      { kind: 'accept-submitted', submission: submissionOf(staff) },
      { kind: 'acceptance-not-recorded', reason: 'the disk is full' },
      { kind: 'proceed' },
    ]);
    expect(state).toMatchObject({
      phase: 'asking',
      notice: { kind: 'not-recorded', reason: 'the disk is full' },
    });
  });

  it('counts a decline down, records it and signs out', () => {
    const counting = runEvents([
      read(factsOf()),
      { kind: 'decline-requested', language: 'cy-GB', nowMs: 1000 },
    ]);
    expect(counting.state).toMatchObject({ phase: 'declining', secondsLeft: 60 });
    const later = runEvents([{ kind: 'tick', nowMs: 31_500 }], counting.state);
    expect(later.state).toMatchObject({ secondsLeft: 30 });
    expect(later.effects).toEqual([]);
    const ended = runEvents([{ kind: 'tick', nowMs: 61_000 }], later.state);
    expect(ended.state.phase).toBe('leaving');
    expect(ended.effects).toMatchObject([
      { kind: 'record-decline', language: 'cy-GB' },
      { kind: 'leave', how: 'sign-out' },
    ]);
  });

  it('forgets a decline that the user took back', () => {
    const { state, effects } = runEvents([
      read(factsOf()),
      { kind: 'decline-requested', language: 'en-GB', nowMs: 0 },
      { kind: 'decline-cancelled' },
      { kind: 'tick', nowMs: 100_000 },
    ]);
    expect(state).toMatchObject({ phase: 'asking', notice: { kind: 'none' } });
    expect(effects).toEqual([]);
  });

  it('comes back to the policy when signing out has no effect', () => {
    const leaving = [
      read(factsOf()),
      { kind: 'decline-requested', language: 'en-GB', nowMs: 0 },
      { kind: 'leave-now', nowMs: 5000 },
    ] as const;
    expect(runEvents([...leaving, { kind: 'leave-failed', reason: 'refused' }]).state).toMatchObject({
      phase: 'asking',
      notice: { kind: 'sign-out-failed', reason: 'refused' },
    });
    expect(runEvents([...leaving, { kind: 'tick', nowMs: 5000 + leaveDeadlineMs - 1 }]).state.phase).toBe(
      'leaving',
    );
    expect(runEvents([...leaving, { kind: 'tick', nowMs: 5000 + leaveDeadlineMs }]).state).toMatchObject({
      phase: 'asking',
      notice: { kind: 'sign-out-failed' },
    });
  });

  it('never opens on a decline, whatever the school has configured', () => {
    for (const onDecline of ['sign-out', 'lock', 'nothing'] as const) {
      let state: GateState = initialGateState;
      for (const event of [
        read(factsOf()),
        { kind: 'decline-requested', language: 'en-GB', nowMs: 0 },
        { kind: 'leave-now', nowMs: 1 },
        { kind: 'leave-done' },
      ] as const) {
        state = advanceGate(state, event, { ...settings, onDecline }).state;
      }
      expect(state).toMatchObject({
        phase: 'asking',
        notice: { kind: onDecline === 'nothing' ? 'declined-stay' : 'none' },
      });
    }
  });

  it('signs out of a blocked gate without recording an answer', () => {
    const { state, effects } = runEvents([
      { kind: 'facts-unreadable', reason: 'records-unreadable', detail: 'receipts: damaged' },
      { kind: 'decline-requested', language: 'en-GB', nowMs: 0 },
      { kind: 'leave-now', nowMs: 1 },
    ]);
    expect(state.phase).toBe('leaving');
    expect(effects).toEqual([{ kind: 'leave', how: 'sign-out' }]);
  });

  it('lets a late answer of the collector spare the user the question, but not once the user has answered', () => {
    const known = [recordOf(staff)];
    expect(runEvents([read(factsOf()), read(factsOf({ known }))]).state).toEqual({
      phase: 'open',
      how: 'known-to-collector',
    });
    const answered = runEvents([
      read(factsOf()),
      { kind: 'accept-submitted', submission: submissionOf(staff) },
      read(factsOf({ known })),
    ]);
    expect(answered.state.phase).toBe('recording');
  });

  it('shuts an open gate only for a version that applies at once', () => {
    const newer = makePack({ version: '2', changes: { 'en-GB': 'New.', 'cy-GB': 'Newydd.' } });
    const facts = factsOf({ packs: [newer], receipts: [recordOf(staff)] });
    const open = runEvents([read(factsOf({ receipts: [recordOf(staff)] }))]).state;
    expect(open).toEqual({ phase: 'open', how: 'receipt' });
    expect(runEvents([read(facts)], open).state).toBe(open);
    expect(runEvents([read(facts, true)], open).state).toMatchObject({ phase: 'asking' });
  });

  it('stays open over a restart in the same login for a user with a receipt of every policy, unless it was shut since', () => {
    const next = makePack({ version: '2' }, 'A newer text.');
    const facts = factsOf({ packs: [next], receipts: [recordOf(staff)] });
    const openedBefore = { ...facts, openedBefore: 'receipt' as const };
    expect(runEvents([read(facts)]).state.phase).toBe('asking');
    const kept = runEvents([read(openedBefore)]);
    expect(kept.state).toEqual({ phase: 'open', how: 'receipt' });
    // A version that applies at once still shuts it.
    expect(runEvents([read(openedBefore, true)], kept.state).state.phase).toBe('asking');
    // A line in a file that any user can write opens nothing by itself, and neither does the collector's record for it.
    for (const changes of [{ receipts: [], known: [recordOf(staff)] }, { packs: [next, visitors] }]) {
      expect(runEvents([read({ ...openedBefore, ...changes })]).state.phase).toBe('asking');
    }
    const asked = runEvents([read(facts)]).state;
    expect(runEvents([read(openedBefore)], asked).state.phase).toBe('asking');
  });

  it('opens under its own name for each named exception, and reports it once', () => {
    const exceptions = [
      [{ kind: 'break-glass-code-matched' }, 'break-glass'],
      [{ kind: 'crash-limit-reached' }, 'crash-limit'],
      [{ kind: 'demonstration-left' }, 'demonstration'],
      [read(factsOf({ gateEnabled: false })), 'gate-disabled'],
      [read(factsOf({ excluded: true })), 'excluded'],
      [read(factsOf({ packs: [] })), 'no-policy'],
    ] as const;
    for (const [event, how] of exceptions) {
      const { state, effects } = runEvents([event, event]);
      expect(state).toEqual({ phase: 'open', how });
      expect(effects).toEqual([{ kind: 'opened', how }]);
    }
  });
});

describe('for any sequence of events', () => {
  const packs = [
    staff,
    visitors,
    makePack({ version: '2' }),
    makePack({ id: 'visitors', version: '3', order: 200 }),
  ];
  const packArbitrary = fc.constantFrom(...packs);
  const recordArbitrary = fc
    .tuple(packArbitrary, fc.constantFrom('right', 'welsh', 'wrong-hash', 'wrong-version'))
    .map(([pack, kind]) => {
      switch (kind) {
        case 'welsh':
          return recordOf(pack, { textSha256: pack.textSha256['cy-GB'] });
        case 'wrong-hash':
          return recordOf(pack, { textSha256: '0'.repeat(64) });
        case 'wrong-version':
          return recordOf(pack, { policyVersion: '0', textSha256: '1'.repeat(64) });
        default:
          return recordOf(pack);
      }
    });
  const submissionArbitrary = fc
    .tuple(
      packArbitrary,
      fc.constantFrom<Partial<Submission>>(
        {},
        { ticked: [] },
        { fullName: ' ' },
        { textSha256: '2'.repeat(64) },
        { ticked: ['agree', 'foreign'] },
      ),
      fc.boolean(),
    )
    .map(([pack, changes, welsh]) =>
      submissionOf(pack, {
        ...(welsh ? { language: 'cy-GB', textSha256: pack.textSha256['cy-GB'] } : {}),
        ...changes,
      }),
    );
  const factsArbitrary = fc
    .record({
      packs: fc.constantFrom<PolicyPack[]>([staff], [staff, visitors], packs.slice(2)),
      receipts: fc.array(recordArbitrary, { maxLength: 2 }),
      known: fc.array(recordArbitrary, { maxLength: 2 }),
    })
    .map(factsOf);
  const nowMsArbitrary = fc.integer({ min: 0, max: 200_000 });
  const ordinaryEvent: fc.Arbitrary<GateEvent> = fc.oneof(
    {
      weight: 3,
      arbitrary: fc.record({
        kind: fc.constant('facts-read' as const),
        facts: factsArbitrary,
        mayShut: fc.boolean(),
      }),
    },
    {
      weight: 6,
      arbitrary: fc.record({
        kind: fc.constant('accept-submitted' as const),
        submission: submissionArbitrary,
      }),
    },
    {
      weight: 6,
      arbitrary: fc.record({ kind: fc.constant('acceptance-recorded' as const), receipt: recordArbitrary }),
    },
    { weight: 4, arbitrary: fc.constant<GateEvent>({ kind: 'proceed' }) },
    fc.constant<GateEvent>({ kind: 'acceptance-not-recorded', reason: 'full' }),
    fc.constant<GateEvent>({ kind: 'facts-unreadable', reason: 'policy-unreadable', detail: 'x' }),
    fc.record({
      kind: fc.constant('decline-requested' as const),
      language: fc.constant('en-GB' as const),
      nowMs: nowMsArbitrary,
    }),
    fc.constant<GateEvent>({ kind: 'decline-cancelled' }),
    fc.record({ kind: fc.constant('leave-now' as const), nowMs: nowMsArbitrary }),
    fc.record({ kind: fc.constant('tick' as const), nowMs: nowMsArbitrary }),
    fc.constant<GateEvent>({ kind: 'leave-done' }),
    fc.constant<GateEvent>({ kind: 'leave-failed', reason: 'refused' }),
  );

  /**
   * Written independently of the machine's own reasoning: search for a record of one of the pack's two hashes, or of a
   * newer version than this PC has.
   */
  const isSettled = (pack: PolicyPack, records: readonly PolicyRecord[]) =>
    records.some(
      (record) =>
        record.policyId === pack.manifest.id &&
        (record.textSha256 === pack.textSha256['en-GB'] ||
          record.textSha256 === pack.textSha256['cy-GB'] ||
          Number(record.policyVersion) > Number(pack.manifest.version)),
    );

  it('the gate is never open without a receipt or a collector’s record for the exact text of every policy due', () => {
    let opened = 0;
    fc.assert(
      fc.property(fc.array(ordinaryEvent, { maxLength: 40 }), (events) => {
        let state: GateState = initialGateState;
        /** The facts from which the open questions were made. */
        let facts = factsOf({ packs: [] });
        /** Receipts that the machine asked to write and that were then reported written, in that order. */
        const written: PolicyRecord[] = [];
        let asked: Submission | undefined;
        for (const event of events) {
          const before = state;
          const step = advanceGate(state, event, settings);
          state = step.state;
          if (event.kind === 'facts-read' && ['checking', 'blocked', 'asking', 'open'].includes(before.phase))
            facts = event.facts;
          for (const effect of step.effects)
            if (effect.kind === 'record-acceptance') asked = effect.submission;
          if (event.kind === 'acceptance-recorded' && asked?.textSha256 === event.receipt.textSha256)
            written.push(event.receipt);
          if (state.phase === 'open' && before.phase !== 'open') {
            opened += 1;
            expect(['receipt', 'known-to-collector']).toContain(state.how);
            const records = [
              ...facts.receipts,
              ...written,
              ...(state.how === 'receipt' && before.phase !== 'confirmed' ? [] : facts.known),
            ];
            for (const pack of facts.packs) expect(isSettled(pack, records)).toBe(true);
          }
        }
      }),
      { numRuns: 5000 },
    );
    // A gate that never opens would also pass the checks above.
    expect(opened).toBeGreaterThan(100);
  });

  it('an agent that restarts opens no gate without a receipt of every policy, whatever its state file says', () => {
    let kept = 0;
    fc.assert(
      fc.property(factsArbitrary, fc.constantFrom('receipt', 'known-to-collector'), (facts, openedBefore) => {
        const { state } = runEvents([read({ ...facts, openedBefore })]);
        if (state.phase !== 'open' || runEvents([read(facts)]).state.phase === 'open') return;
        kept += 1;
        for (const { manifest } of facts.packs) {
          expect(facts.receipts.map(({ policyId }) => policyId)).toContain(manifest.id);
        }
      }),
      { numRuns: 2000 },
    );
    expect(kept).toBeGreaterThan(20);
  });

  it('at most one acceptance is on its way to the disk at a time', () => {
    fc.assert(
      fc.property(fc.array(ordinaryEvent, { maxLength: 40 }), (events) => {
        let state: GateState = initialGateState;
        let inFlight = 0;
        for (const event of events) {
          const before = state;
          const step = advanceGate(state, event, settings);
          state = step.state;
          if (before.phase === 'recording' && state.phase !== 'recording') inFlight -= 1;
          inFlight += step.effects.filter(({ kind }) => kind === 'record-acceptance').length;
          expect(inFlight).toBe(state.phase === 'recording' ? 1 : 0);
        }
      }),
      { numRuns: 2000 },
    );
  });
});
