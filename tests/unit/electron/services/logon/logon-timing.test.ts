/** How long a login was without its gate: measured once, and only by the agent that the logon started. */
import { expect, it } from 'vitest';
import { createLogonTiming } from '../../../../../electron/services/logon/logon-timing.ts';
import type { LogonToGate } from '../../../../../shared/wire/events.ts';

const logonAt = Date.parse('2026-11-30T08:40:00.000Z');

const makeTiming = (options: { atLogon?: boolean; signedInAt?: Date | undefined } = {}) => {
  let now = logonAt;
  let signedInAt = 'signedInAt' in options ? options.signedInAt : new Date(logonAt);
  const known: LogonToGate[] = [];
  const timing = createLogonTiming({
    atLogon: options.atLogon ?? true,
    signedInAt: () => signedInAt,
    nowUtc: () => new Date(now),
    onKnown: (value) => known.push(value),
  });
  return {
    timing,
    known,
    waitMs: (ms: number) => {
      now += ms;
    },
    nameAccount: () => {
      signedInAt = new Date(logonAt);
    },
  };
};

it('counts from the logon to the first page on the screen, and not to a later one', () => {
  const { timing, known, waitMs } = makeTiming();
  waitMs(4239);
  timing.notePainted();
  waitMs(60_000);
  timing.notePainted();
  timing.noteOpened();
  expect(timing.current()).toEqual({ secondsToGate: 4.2, gate: 'shown' });
  expect(known).toEqual([{ secondsToGate: 4.2, gate: 'shown' }]);
});

it('counts to the opening of a gate that was never shown', () => {
  const { timing, waitMs } = makeTiming();
  waitMs(1800);
  timing.noteOpened();
  expect(timing.current()).toEqual({ secondsToGate: 1.8, gate: 'open' });
});

it('keeps the time of the paint until the account is known', () => {
  const { timing, known, waitMs, nameAccount } = makeTiming({ signedInAt: undefined });
  waitMs(3000);
  timing.notePainted();
  expect(timing.current()).toBeUndefined();
  waitMs(9000);
  nameAccount();
  expect(timing.current()).toEqual({ secondsToGate: 3, gate: 'shown' });
  timing.current();
  expect(known).toHaveLength(1);
});

it('says nothing of a restarted agent, which would measure its own restart', () => {
  const { timing, waitMs } = makeTiming({ atLogon: false });
  waitMs(2000);
  timing.notePainted();
  expect(timing.current()).toBeUndefined();
});

it.each([
  ['set back since the logon', -1000],
  ['set forward by a day since the logon', 86_400_000],
  ['not set, and the agent started long after the logon', 45 * 60_000],
])('says nothing where the clock was %s', (_what, ms) => {
  const { timing, known, waitMs } = makeTiming();
  waitMs(ms);
  timing.notePainted();
  expect(timing.current()).toBeUndefined();
  expect(known).toEqual([]);
});
