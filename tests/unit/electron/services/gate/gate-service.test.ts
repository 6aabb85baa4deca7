import { describe, expect, it } from 'vitest';
import type { GateFacts, PolicyRecord } from '../../../../../electron/domain/gate/evaluate.ts';
import {
  askCollectorMs,
  type GateOptions,
  type GatePorts,
} from '../../../../../electron/services/gate/gate-ports.ts';
import { createGateService } from '../../../../../electron/services/gate/gate-service.ts';
import { fail, type Result, succeed } from '../../../../../shared/lib/result.ts';
import type { Draft, Submission } from '../../../../../shared/policy/answers.ts';
import { createFakeClock } from '../../../../fakes/platform/fake-clock.ts';
import { makePack } from '../../../../fixtures/make-pack.ts';
import { drainMicrotasks } from '../../../../support/drain-microtasks.ts';

const staff = makePack();
const visitors = makePack({ id: 'visitors', order: 200 });

const submission = (pack = staff, changes: Partial<Submission> = {}): Submission => ({
  policyId: pack.manifest.id,
  policyVersion: pack.manifest.version,
  textSha256: pack.textSha256['en-GB'],
  language: 'en-GB',
  ticked: ['agree'],
  fullName: 'Siân Prys',
  jobRole: 'Teacher',
  ...changes,
});

const draft = (pack = staff, changes: Partial<Draft> = {}) => ({
  policyId: pack.manifest.id,
  policyVersion: pack.manifest.version,
  textSha256: pack.textSha256,
  ticked: ['agree'],
  fullName: 'Siân Prys',
  jobRole: 'Teacher',
  ...changes,
});

const record = (pack = staff): PolicyRecord => ({
  policyId: pack.manifest.id,
  policyVersion: pack.manifest.version,
  textSha256: pack.textSha256['en-GB'],
  decidedAt: '2026-11-22T08:41:00.000Z',
});

function createWorld(changes: Partial<GatePorts> = {}, options: Partial<GateOptions> = {}) {
  const clock = createFakeClock();
  const did: string[] = [];
  let changedCount = 0;
  const facts: GateFacts = {
    gateEnabled: true,
    excluded: false,
    packs: [staff],
    receipts: [],
    known: [],
    loginId: 'login-1',
    now: new Date('2026-11-22T08:40:00Z'),
    timeZone: 'Europe/London',
  };
  const ports: GatePorts = {
    clock,
    readFacts: () => Promise.resolve(succeed(facts)),
    askCollector: () => Promise.resolve(undefined),
    recordAcceptance: (policy) => {
      did.push(`record ${policy.pack.manifest.id}`);
      return Promise.resolve(succeed(record(policy.pack)));
    },
    recordAnswer: (policy, { action, draft }) => {
      did.push(`${action} ${policy.pack.manifest.id} ${draft.fullName}`.trim());
      return Promise.resolve(succeed(undefined));
    },
    reportProblem: () => {
      did.push('problem');
      return Promise.resolve(succeed(undefined));
    },
    leave: (how) => {
      did.push(how);
      return Promise.resolve(succeed(undefined));
    },
    showWindows: () => void did.push('show'),
    hideWindows: () => void did.push('hide'),
    setLanguage: () => undefined,
    notePainted: () => undefined,
    isBreakGlassCode: (code) => code === 'right',
    onOpened: (how) => void did.push(`open ${how}`),
    ...changes,
  };
  const service = createGateService(ports, {
    settings: { onDecline: 'sign-out', declineCountdownSeconds: 60 },
    demonstration: false,
    breakGlassAvailable: true,
    ...options,
  });
  service.onChanged(() => {
    changedCount += 1;
  });
  return { service, clock, did, facts, changes: () => changedCount };
}

describe('the gate at login', () => {
  it('opens at once, without a window, where the receipt is on this PC', async () => {
    const world = createWorld();
    const { service, did } = createWorld({
      readFacts: () => Promise.resolve(succeed({ ...world.facts, receipts: [record()] })),
    });
    await service.start();
    expect(did).toEqual(['hide', 'open receipt']);
  });

  it('covers first, then opens when the collector knows the acceptance', async () => {
    const { service, did } = createWorld({ askCollector: () => Promise.resolve([record()]) });
    await service.start();
    expect(did).toEqual(['show', 'hide', 'open known-to-collector']);
  });

  it('shows the policy after 1.5 seconds without an answer, and still uses a late answer', async () => {
    let answer = (_known: readonly PolicyRecord[]) => {};
    const { service, clock, did } = createWorld({
      askCollector: () =>
        new Promise((resolve) => {
          answer = resolve;
        }),
    });
    void service.start();
    await drainMicrotasks();
    expect(service.screen().name).toBe('checking');
    clock.advance(askCollectorMs - 1);
    await drainMicrotasks();
    expect(service.screen().name).toBe('checking');
    clock.advance(1);
    await drainMicrotasks();
    expect(service.screen().name).toBe('policy');
    answer([record()]);
    await drainMicrotasks();
    expect(did).toEqual(['show', 'hide', 'open known-to-collector']);
    expect(clock.pendingTimers()).toBe(0);
  });

  it('stays shut and retries by itself while a source cannot be read', async () => {
    let answer: Result<GateFacts, { reason: 'records-unreadable'; detail: string }> = fail({
      reason: 'records-unreadable',
      detail: 'receipts.json: EIO',
    });
    const { service, clock, did, facts } = createWorld({ readFacts: () => Promise.resolve(answer) });
    await service.start();
    expect(service.screen()).toEqual({
      name: 'blocked',
      reason: 'records-unreadable',
      detail: 'receipts.json: EIO',
    });
    clock.advance(15_000);
    await drainMicrotasks();
    expect(service.screen().name).toBe('blocked');
    answer = succeed({ ...facts, receipts: [record()] });
    clock.advance(15_000);
    await drainMicrotasks();
    expect(did.at(-1)).toBe('open receipt');
    expect(clock.pendingTimers()).toBe(0);
  });
});

describe('accepting', () => {
  it('shows “accepted” only after the receipt is on disk, then opens by itself', async () => {
    let recorded = (_answer: Result<PolicyRecord, string>) => {};
    const { service, clock, did } = createWorld({
      recordAcceptance: () =>
        new Promise((resolve) => {
          recorded = resolve;
        }),
    });
    await service.start();
    const answer = service.handlers.accept(submission());
    await drainMicrotasks();
    expect(service.screen().name).toBe('recording');
    recorded(succeed(record()));
    expect(await answer).toEqual({ outcome: 'recorded' });
    expect(service.screen().name).toBe('accepted');
    expect(did).not.toContain('open receipt');
    clock.advance(6000);
    await drainMicrotasks();
    expect(did.at(-1)).toBe('open receipt');
  });

  it('keeps the user’s input, and says that nothing was accepted, when the answer cannot be written', async () => {
    const { service, did } = createWorld({
      recordAcceptance: () => Promise.resolve(fail('The disk is full.')),
    });
    await service.start();
    expect(await service.handlers.accept(submission())).toEqual({ outcome: 'not-recorded' });
    expect(service.screen()).toMatchObject({
      name: 'policy',
      notice: 'not-recorded',
      noticeDetail: 'The disk is full.',
      draft: { fullName: 'Siân Prys', ticked: ['agree'] },
    });
    expect(did).toEqual(['show']);
  });

  it('records one press once, however often the page sends it', async () => {
    const { service, did } = createWorld();
    await service.start();
    await Promise.all([1, 2, 3].map(() => service.handlers.accept(submission())));
    expect(did.filter((line) => line.startsWith('record'))).toEqual(['record staff']);
  });

  it.each([
    [{ ticked: [] }, 'statements-missing'],
    [{ fullName: '  ' }, 'fields-missing'],
    [{ jobRole: '' }, 'fields-missing'],
    [{ textSha256: 'e'.repeat(64) }, 'not-current'],
    [{ policyVersion: '9' }, 'not-current'],
    [{ language: 'cy-GB' }, 'not-current'],
    [{ ticked: ['agree', 'foreign'] }, 'not-current'],
  ] as const)('refuses %j as %s and records nothing', async (changes, outcome) => {
    const { service, did } = createWorld();
    await service.start();
    expect(
      await service.handlers.accept(
        submission(staff, {
          ...changes,
          ticked: [...((changes as { ticked?: readonly string[] }).ticked ?? ['agree'])],
        }),
      ),
    ).toEqual({ outcome });
    expect(did).toEqual(['show']);
  });

  it('waits for the user between two policies and counts the policies', async () => {
    const world = createWorld();
    const { service, clock, did } = createWorld({
      readFacts: () => Promise.resolve(succeed({ ...world.facts, packs: [staff, visitors] })),
    });
    await service.start();
    expect(service.screen()).toMatchObject({ position: { index: 1, total: 2 } });
    await service.handlers.accept(submission());
    clock.advance(60_000);
    await drainMicrotasks();
    expect(service.screen()).toMatchObject({ name: 'accepted', remaining: 1 });
    await service.handlers.proceed({});
    expect(service.screen()).toMatchObject({ name: 'policy', position: { index: 2, total: 2 } });
    await service.handlers.accept(submission(visitors));
    await service.handlers.proceed({});
    expect(did.at(-1)).toBe('open receipt');
  });
});

describe('declining', () => {
  it('counts 60 seconds down, one change a second, then records and signs out', async () => {
    const world = createWorld();
    const { service, clock, did } = world;
    await service.start();
    await service.handlers.saveDraft(draft(staff, { ticked: [], fullName: 'Siân', jobRole: '' }));
    await service.handlers.decline({ language: 'en-GB' });
    const before = world.changes();
    for (let second = 0; second < 30; second += 1) {
      clock.advance(1000);
      await drainMicrotasks();
    }
    expect(service.screen()).toMatchObject({ name: 'declining', secondsLeft: 30 });
    expect(world.changes() - before).toBe(30);
    expect(did).toEqual(['show']);
    for (let second = 0; second < 30; second += 1) {
      clock.advance(1000);
      await drainMicrotasks();
    }
    expect(did).toEqual(['show', 'declined staff Siân', 'sign-out']);
    expect(service.screen().name).toBe('leaving');
  });

  it('shows the policy again after 30 seconds when the session still exists', async () => {
    const { service, clock, did } = createWorld();
    await service.start();
    await service.handlers.decline({ language: 'en-GB' });
    await service.handlers.leaveNow({});
    for (let second = 0; second < 31; second += 1) {
      clock.advance(1000);
      await drainMicrotasks();
    }
    expect(service.screen()).toMatchObject({ name: 'policy', notice: 'sign-out-failed' });
    expect(did.filter((line) => line === 'sign-out')).toHaveLength(1);
    expect(clock.pendingTimers()).toBe(0);
  });

  it('signs out even when the decline cannot be written down', async () => {
    const { service, did } = createWorld({ recordAnswer: () => Promise.resolve(fail('full')) });
    await service.start();
    await service.handlers.decline({ language: 'en-GB' });
    await service.handlers.leaveNow({});
    expect(did).toEqual(['show', 'sign-out']);
  });
});

describe('a technician’s code', () => {
  it('opens the gate when right, and makes the user wait after three wrong ones', async () => {
    const { service, clock, did } = createWorld();
    await service.start();
    for (let guess = 0; guess < 2; guess += 1) {
      expect(await service.handlers.breakGlass({ code: 'wrong' })).toEqual({
        outcome: 'wrong-code',
        waitSeconds: 0,
      });
    }
    expect(await service.handlers.breakGlass({ code: 'wrong' })).toEqual({
      outcome: 'wrong-code',
      waitSeconds: 30,
    });
    expect(await service.handlers.breakGlass({ code: 'right' })).toEqual({
      outcome: 'wait',
      waitSeconds: 30,
    });
    expect(did).toEqual(['show']);
    clock.advance(30_000);
    expect(await service.handlers.breakGlass({ code: 'right' })).toEqual({
      outcome: 'opened',
      waitSeconds: 0,
    });
    expect(did.at(-1)).toBe('open break-glass');
  });

  it('does nothing where the school has set none', async () => {
    const { service, did } = createWorld({ isBreakGlassCode: () => true }, { breakGlassAvailable: false });
    await service.start();
    expect(await service.handlers.breakGlass({ code: '' })).toEqual({
      outcome: 'not-available',
      waitSeconds: 0,
    });
    expect(did).toEqual(['show']);
  });
});

describe('other ways out', () => {
  it('do not open the gate outside a demonstration', async () => {
    const { service, did } = createWorld();
    await service.start();
    await service.handlers.leaveDemonstration({});
    service.leaveDemonstration();
    expect(did).toEqual(['show']);
    const demonstration = createWorld({}, { demonstration: true });
    await demonstration.service.start();
    await demonstration.service.handlers.leaveDemonstration({});
    expect(demonstration.did.at(-1)).toBe('open demonstration');
  });

  it('report a call for help to the school, with the policy where one is shown', async () => {
    const { service, did } = createWorld();
    await service.start();
    expect(await service.handlers.requestHelp({ language: 'cy-GB' })).toEqual({ recorded: true });
    expect(did).toEqual(['show', 'help-requested staff']);
    const blocked = createWorld({
      readFacts: () => Promise.resolve(fail({ reason: 'policy-unreadable', detail: 'x' })),
    });
    await blocked.service.start();
    await blocked.service.handlers.requestHelp({ language: 'cy-GB' });
    expect(blocked.did).toEqual(['show', 'problem']);
  });

  it('leave no timer behind when the gate stops', async () => {
    for (const reach of [
      (service: ReturnType<typeof createGateService>) => service.handlers.decline({ language: 'en-GB' }),
      (service: ReturnType<typeof createGateService>) => service.handlers.accept(submission()),
    ]) {
      const { service, clock } = createWorld();
      await service.start();
      await reach(service);
      expect(clock.pendingTimers()).toBe(1);
      service.stop();
      expect(clock.pendingTimers()).toBe(0);
    }
  });
});

describe('the user’s ticks and typed text', () => {
  const askedWith = async () => {
    const now = { facts: createWorld().facts };
    const openedAt: string[] = [];
    const world = createWorld({
      readFacts: () => Promise.resolve(succeed(now.facts)),
      recordAnswer: (_policy, answer) => {
        openedAt.push(answer.openedAt);
        return Promise.resolve(succeed(undefined));
      },
    });
    await world.service.start();
    const publish = (pack = staff) => {
      now.facts = { ...now.facts, packs: [pack] };
      return world.service.reconsider(false);
    };
    return { ...world, publish, openedAt };
  };
  const typed = { fullName: 'Siân Prys', jobRole: 'Teacher' };
  const withoutNews = makePack({
    statements: staff.manifest.statements.filter(({ id }) => id === 'agree'),
  });
  const reworded = makePack({
    statements: staff.manifest.statements.map((statement) => ({
      ...statement,
      text: { 'en-GB': 'I agree to more.', 'cy-GB': 'Rwy’n cytuno i ragor.' },
    })),
  });

  it('are kept for a page that comes back to the same text', async () => {
    const { service, publish } = await askedWith();
    await service.handlers.saveDraft(draft());
    await publish(makePack());
    expect(service.screen()).toMatchObject({ draft: { ticked: ['agree'], ...typed } });
  });

  it.each([
    ['a new version', makePack({ version: '2' })],
    ['another text of the same version', makePack({}, 'Another text.')],
    ['statements that are worded otherwise', reworded],
    ['a statement that is gone', withoutNews],
  ])('lose the tick but keep name and role for %s', async (_what, pack) => {
    const { service, publish } = await askedWith();
    await service.handlers.saveDraft(draft(staff, { ticked: ['agree', 'news'] }));
    await publish(pack);
    expect(service.screen()).toMatchObject({ name: 'policy', draft: { ticked: [], ...typed } });
    await service.handlers.saveDraft(draft(pack, typed));
    expect(service.screen()).toMatchObject({ draft: { ticked: ['agree'], ...typed } });
    expect(await service.handlers.accept(submission(pack))).toEqual({ outcome: 'recorded' });
  });

  it('take no tick from a page that still shows the previous text', async () => {
    const { service, publish } = await askedWith();
    await publish(makePack({ version: '2' }));
    await service.handlers.saveDraft(draft(staff));
    expect(service.screen()).toMatchObject({ draft: { ticked: [], ...typed } });
  });

  it('are dated by when this text was first on the screen, not by its version', async () => {
    const { service, clock, publish, openedAt } = await askedWith();
    await service.handlers.requestHelp({ language: 'en-GB' });
    clock.advance(60_000);
    await publish(makePack({}, 'Another text.'));
    await service.handlers.requestHelp({ language: 'en-GB' });
    expect(openedAt).toHaveLength(2);
    expect(Date.parse(openedAt[1] ?? '') - Date.parse(openedAt[0] ?? '')).toBe(60_000);
  });
});

describe('a new policy or setting', () => {
  const next = makePack({ version: '2' }, 'A newer text.');
  const openedByReceipt = async (changes: Partial<GatePorts> = {}) => {
    const base = createWorld().facts;
    const now = { facts: { ...base, receipts: [record()] } };
    const world = createWorld({ readFacts: () => Promise.resolve(succeed(now.facts)), ...changes });
    await world.service.start();
    now.facts = { ...now.facts, packs: [next] };
    return world;
  };

  it('waits for the next login, and shuts the gate only where it may', async () => {
    const { service, did } = await openedByReceipt();
    await service.reconsider(false);
    expect(service.opening()).toBe('receipt');
    await service.reconsider(true);
    expect(service.screen()).toMatchObject({ name: 'policy', policy: { policyVersion: '2' } });
    expect(did).toEqual(['hide', 'open receipt', 'show']);
  });

  it('does not cover the screen of a user who has accepted the new text elsewhere', async () => {
    const { service, did } = await openedByReceipt({ askCollector: () => Promise.resolve([record(next)]) });
    await service.reconsider(true);
    expect(did).toEqual(['hide', 'open receipt']);
  });

  it('does not shut a gate that a break-glass code opened', async () => {
    const { service, did } = createWorld();
    await service.start();
    await service.handlers.breakGlass({ code: 'right' });
    await service.reconsider(true);
    expect(service.opening()).toBe('break-glass');
    expect(did.at(-1)).toBe('open break-glass');
  });

  /** A user in front of the gate while the collector's answer about them is on its way. */
  const askedWithoutCollector = async (packs = [staff]) => {
    const now = { facts: { ...createWorld().facts, packs } as GateFacts };
    const answers: ((known: readonly PolicyRecord[] | undefined) => void)[] = [];
    const world = createWorld({
      readFacts: () => Promise.resolve(succeed(now.facts)),
      askCollector: () => new Promise((resolve) => answers.push(resolve)),
      recordAcceptance: (policy) => {
        const receipt = record(policy.pack);
        now.facts = { ...now.facts, receipts: [...now.facts.receipts, receipt] };
        return Promise.resolve(succeed(receipt));
      },
    });
    void world.service.start();
    await drainMicrotasks();
    world.clock.advance(askCollectorMs);
    await drainMicrotasks();
    return { ...world, now, answers };
  };

  it('is not undone by the collector’s late answer about the previous version', async () => {
    const { service, now, answers } = await askedWithoutCollector();
    now.facts = { ...now.facts, packs: [next] };
    void service.reconsider(true);
    await drainMicrotasks();
    expect(service.screen()).toMatchObject({ policy: { policyVersion: '2' } });
    answers[0]?.([record()]);
    await drainMicrotasks();
    expect(service.screen()).toMatchObject({
      name: 'policy',
      policy: { policyVersion: '2', reason: 'material' },
    });
  });

  it('does not ask the user again for a policy that the collector already knew as accepted', async () => {
    const now = { facts: { ...createWorld().facts, packs: [staff, visitors] } as GateFacts };
    const { service } = createWorld({
      readFacts: () => Promise.resolve(succeed(now.facts)),
      askCollector: () => Promise.resolve([record(visitors)]),
    });
    await service.start();
    expect(service.screen()).toMatchObject({ position: { index: 1, total: 1 } });
    now.facts = { ...now.facts, packs: [next, visitors] };
    await service.reconsider(true);
    expect(service.screen()).toMatchObject({
      policy: { policyVersion: '2' },
      position: { index: 1, total: 1 },
    });
  });

  it('does not ask the user twice when the collector answers between two policies', async () => {
    const phones = makePack({ id: 'phones', order: 300 });
    const { service, answers } = await askedWithoutCollector([staff, visitors, phones]);
    await service.handlers.accept(submission());
    await service.handlers.proceed({});
    expect(service.screen()).toMatchObject({ policy: { policyId: 'visitors' } });
    answers[0]?.([record(phones)]);
    await drainMicrotasks();
    expect(service.screen()).toMatchObject({
      policy: { policyId: 'visitors' },
      position: { index: 2, total: 2 },
    });
  });

  it('that comes while the user declines is asked when the user comes back', async () => {
    const { service, now } = await askedWithoutCollector();
    await service.handlers.decline({ language: 'en-GB' });
    now.facts = { ...now.facts, packs: [next] };
    await service.reconsider(true);
    expect(service.screen().name).toBe('declining');
    void service.handlers.cancelDecline({});
    await drainMicrotasks();
    expect(service.screen()).toMatchObject({ policy: { policyVersion: '2' } });
  });

  it('that switches the gate off opens it for a user who has declined and comes back', async () => {
    const { service, clock, now } = await askedWithoutCollector();
    await service.handlers.decline({ language: 'en-GB' });
    now.facts = { ...now.facts, gateEnabled: false };
    await service.reconsider(false);
    expect(service.screen().name).toBe('declining');
    void service.handlers.cancelDecline({});
    await drainMicrotasks();
    expect(service.opening()).toBe('gate-disabled');
    expect(clock.pendingTimers()).toBe(0);
  });

  it('that comes while an answer is written down is asked after that answer', async () => {
    const { service, now, did, answers } = await askedWithoutCollector();
    answers[0]?.(undefined);
    await service.handlers.accept(submission());
    now.facts = { ...now.facts, packs: [next] };
    await service.reconsider(true);
    expect(service.screen().name).toBe('accepted');
    void service.handlers.proceed({});
    await drainMicrotasks();
    expect(did).toContain('open receipt');
    answers.at(-1)?.([]);
    await drainMicrotasks();
    expect(service.screen()).toMatchObject({ policy: { policyVersion: '2', reason: 'material' } });
  });
});

describe('leaving without an answer', () => {
  it('locks or signs out, records nothing, and the gate stays', async () => {
    const { service, did } = createWorld();
    await service.start();
    did.length = 0;
    expect(await service.handlers.leaveUnanswered({ how: 'lock' })).toEqual({ left: true });
    expect(await service.handlers.leaveUnanswered({ how: 'sign-out' })).toEqual({ left: true });
    expect(did).toEqual(['lock', 'sign-out']);
    expect(service.screen().name).toBe('policy');
  });

  it('ends a countdown, which would sign the user out behind the lock', async () => {
    const { service, did } = createWorld();
    await service.start();
    await service.handlers.decline({ language: 'en-GB' });
    expect(service.screen().name).toBe('declining');
    did.length = 0;
    expect(await service.handlers.leaveUnanswered({ how: 'lock' })).toEqual({ left: true });
    expect(did).toEqual(['lock']);
    expect(service.screen().name).toBe('policy');
  });

  it('reports that the system refused', async () => {
    const { service } = createWorld({ leave: () => Promise.resolve(fail('no lock here')) });
    await service.start();
    expect(await service.handlers.leaveUnanswered({ how: 'lock' })).toEqual({ left: false });
  });

  it('does nothing where the desktop is open', async () => {
    const { service, did } = createWorld();
    await service.start();
    service.openForCrashLimit();
    await drainMicrotasks();
    did.length = 0;
    expect(await service.handlers.leaveUnanswered({ how: 'sign-out' })).toEqual({ left: false });
    expect(did).toEqual([]);
  });
});

describe('work behind the gate', () => {
  it('is possible only once the gate has been open', async () => {
    let packs = [staff];
    const world = createWorld();
    const { service } = createWorld({
      readFacts: () => Promise.resolve(succeed({ ...world.facts, packs, receipts: [record()] })),
    });
    expect(service.isOverWork()).toBe(false);
    await service.start();
    packs = [staff, visitors];
    await service.reconsider(true);
    expect(service.screen().name).toBe('policy');
    expect(service.isOverWork()).toBe(true);
    expect(createWorld().service.isOverWork()).toBe(false);
  });
});
