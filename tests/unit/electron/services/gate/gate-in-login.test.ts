/**
 * What the gate keeps of a login when the agent restarts: how the gate was opened, how often the agent died, and whether it
 * may run here.
 */
import { describe, expect, it } from 'vitest';
import type { StartedBy } from '../../../../../electron/app/command-line.ts';
import { createGateInLogin } from '../../../../../electron/services/gate/gate-in-login.ts';
import type { PersonStore } from '../../../../../electron/services/person-store/open-person-store.ts';
import type { GateOpening } from '../../../../../shared/wire/events.ts';
import { createFakeClock } from '../../../../fakes/platform/fake-clock.ts';
import { createSettingsInMemory } from '../../../../fixtures/settings-in-memory.ts';
import { account } from '../../../../support/storage-fixtures.ts';

const byHand: StartedBy = {
  isUnasked: false,
  atLogon: false,
  watchdogDelaySeconds: 0,
  onlyIfHereBefore: false,
};
const inPlaceOfADeadOne: StartedBy = {
  isUnasked: true,
  atLogon: false,
  watchdogDelaySeconds: 120,
  onlyIfHereBefore: true,
};

function createPc() {
  const clock = createFakeClock();
  const settings = createSettingsInMemory();
  /** An agent of this PC, whose gate is shut at first. */
  const start = (
    startedBy = byHand,
    {
      canRead = true,
      loginId = 'login-1',
      signedInMinutesAgo = 0,
      upMinutes = 600,
      isPersonKnown = true,
    } = {},
  ) => {
    const signedInAt = new Date(clock.nowUtc().getTime() - signedInMinutesAgo * 60_000);
    const did: string[] = [];
    const faults: string[] = [];
    let opening: GateOpening | undefined;
    let areRecordsOpen = canRead;
    const gateInLogin = createGateInLogin({
      startedBy,
      // The gate uses only the settings of the person store.
      state: () => (areRecordsOpen ? ({ settings } as PersonStore) : undefined),
      person: () => (isPersonKnown ? { account, groups: [], loginId, signedInAt } : undefined),
      openAfterCrashes: () => 3,
      gate: () => ({
        opening: () => opening,
        openAgain: (how) => void did.push(`open again: ${how}`),
        openForCrashLimit: () => void did.push('open for crashes'),
      }),
      onFault: ({ fault }) => void faults.push(fault),
      nowUtc: clock.nowUtc,
      upSeconds: () => upMinutes * 60,
    });
    return {
      gateInLogin,
      did,
      faults,
      openGate: (how: GateOpening) => {
        opening = how;
        gateInLogin.noteOpened(how);
      },
      openRecords: () => {
        areRecordsOpen = true;
        gateInLogin.watch();
      },
    };
  };
  return { start, settings };
}

describe('an agent that starts in place of a dead one', () => {
  it('ends again where no agent has run in this login, and stays where one has', () => {
    const { start } = createPc();
    const first = start(inPlaceOfADeadOne);
    first.gateInLogin.watch();
    expect(first.gateInLogin.isNotHere()).toBe(true);
    expect(first.gateInLogin.mayCover()).toBe(false);

    start().gateInLogin.watch();
    const second = start(inPlaceOfADeadOne);
    second.gateInLogin.watch();
    expect(second.gateInLogin.isNotHere()).toBe(false);
    const nextLogin = start(inPlaceOfADeadOne, { loginId: 'login-2' });
    nextLogin.gateInLogin.watch();
    expect(nextLogin.gateInLogin.isNotHere()).toBe(true);
  });

  it('ends again where it cannot find that out, and does not count this end as a crash', () => {
    const { start, settings } = createPc();
    const blind = start(inPlaceOfADeadOne, { canRead: false });
    blind.gateInLogin.watch();
    expect(blind.gateInLogin.isNotHere()).toBe(true);
    expect(settings.current()).toEqual({});
  });

  it('covers the screen once it is known to stay, and does not end because of records that come later', () => {
    const { start } = createPc();
    start().gateInLogin.watch();
    const { gateInLogin, openRecords } = start(inPlaceOfADeadOne, { canRead: false });
    gateInLogin.noteHere();
    expect(gateInLogin.mayCover()).toBe(true);
    openRecords();
    expect(gateInLogin.isNotHere()).toBe(false);
  });
});

describe('an agent that is started as at a logon long after it, by a task scheduler that restarts', () => {
  const asAtLogon: StartedBy = { ...byHand, isUnasked: true, atLogon: true };
  const inMidLesson = { signedInMinutesAgo: 45 };

  it('ends again where none has run in this login: a program installed in mid-lesson waits for the next', () => {
    const { start, settings } = createPc();
    const agent = start(asAtLogon, inMidLesson);
    expect(agent.gateInLogin.mayCover()).toBe(false);
    agent.gateInLogin.watch();
    expect(agent.gateInLogin.isNotHere()).toBe(true);
    expect(settings.current()).toEqual({});
  });

  it('stays where one has run, and knows that the user has accepted', () => {
    const { start } = createPc();
    const first = start(asAtLogon);
    first.gateInLogin.watch();
    first.openGate('receipt');
    const again = start(asAtLogon, inMidLesson);
    again.gateInLogin.watch();
    expect(again.gateInLogin.isNotHere()).toBe(false);
    expect(again.gateInLogin.openedBefore()).toBe('receipt');
  });

  it('stays where one has run, and leaves the gate shut for a user who has not accepted', () => {
    const { start } = createPc();
    start(asAtLogon).gateInLogin.watch();
    const again = start(asAtLogon, inMidLesson);
    again.gateInLogin.watch();
    expect(again.gateInLogin.isNotHere()).toBe(false);
    expect([again.did, again.gateInLogin.openedBefore()]).toEqual([[], undefined]);
  });

  it('stays at a logon itself, also where the Run key is minutes late or the account is not known yet', () => {
    const { start } = createPc();
    for (const signedInMinutesAgo of [0, 5, 29]) {
      const { gateInLogin } = start(asAtLogon, { signedInMinutesAgo, loginId: `at ${signedInMinutesAgo}` });
      expect(gateInLogin.mayCover()).toBe(true);
      gateInLogin.watch();
      expect(gateInLogin.isNotHere()).toBe(false);
    }
    const beforeTheClockWasSet = start(asAtLogon, { ...inMidLesson, upMinutes: 2, loginId: 'years ago' });
    beforeTheClockWasSet.gateInLogin.watch();
    expect(beforeTheClockWasSet.gateInLogin.isNotHere()).toBe(false);
    const unknown = start(asAtLogon, { ...inMidLesson, isPersonKnown: false });
    unknown.gateInLogin.watch();
    expect([unknown.gateInLogin.mayCover(), unknown.gateInLogin.isNotHere()]).toEqual([true, false]);
  });
});

describe('an agent that restarts in the same login', () => {
  it.each(['break-glass', 'crash-limit'] as const)('opens the gate again that was opened by %s', (how) => {
    const { start } = createPc();
    const first = start();
    first.gateInLogin.watch();
    first.openGate(how);
    const again = start();
    again.gateInLogin.watch();
    expect(again.did).toEqual([`open again: ${how}`]);
    expect(again.gateInLogin.openedBefore()).toBeUndefined();
    const nextLogin = start(byHand, { loginId: 'login-2' });
    nextLogin.gateInLogin.watch();
    expect(nextLogin.did).toEqual([]);
  });

  it('knows of an acceptance, does not open the gate because of it, and forgets it when the gate is shown', () => {
    const { start } = createPc();
    const first = start();
    first.gateInLogin.watch();
    first.openGate('receipt');
    const again = start();
    again.gateInLogin.watch();
    expect(again.did).toEqual([]);
    expect(again.gateInLogin.openedBefore()).toBe('receipt');
    again.gateInLogin.noteShown();
    expect(again.gateInLogin.openedBefore()).toBeUndefined();
  });

  it.each(['no-policy', 'gate-disabled', 'excluded', 'demonstration'] as const)(
    'decides again about a gate that was opened by %s',
    (how) => {
      const { start } = createPc();
      const first = start();
      first.gateInLogin.watch();
      first.openGate(how);
      const again = start();
      again.gateInLogin.watch();
      expect([again.did, again.gateInLogin.openedBefore()]).toEqual([[], undefined]);
    },
  );

  it('opens after three crashes in front of a shut gate, reports it, and counts none behind an open one', () => {
    const { start } = createPc();
    for (let death = 0; death < 3; death += 1) {
      const agent = start();
      agent.gateInLogin.watch();
      expect(agent.did).toEqual([]);
    }
    const last = start();
    last.gateInLogin.watch();
    expect(last.did).toEqual(['open for crashes']);
    expect(last.faults).toEqual(['crash-limit']);

    const quiet = createPc();
    for (let death = 0; death < 6; death += 1) {
      const agent = quiet.start();
      agent.gateInLogin.watch();
      expect(agent.did).toEqual([]);
      agent.openGate('excluded');
    }
  });

  it('counts crashes of the page among them', async () => {
    const { start } = createPc();
    const { gateInLogin, did } = start();
    gateInLogin.watch();
    for (let death = 0; death < 3; death += 1) await gateInLogin.noteCrash();
    expect(did).toEqual(['open for crashes']);
  });
});

it('does not shut an open gate when the records open late, and counts no crash for it', () => {
  const { start, settings } = createPc();
  const agent = start(byHand, { canRead: false });
  agent.gateInLogin.watch();
  agent.openGate('gate-disabled');
  agent.openRecords();
  agent.gateInLogin.watch();
  expect(agent.did).toEqual([]);
  expect(settings.current().gateCrashes).not.toHaveProperty('shutSince');
});
